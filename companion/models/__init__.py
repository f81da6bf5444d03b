"""The models of the chapters, written out. Keras is loaded only where a model asks for it."""

from companion.lazy import attach

__getattr__, __all__ = attach(
    __name__,
    {
        "bert": "Bert",
        "config": "BertConfig GPT2Config ViTConfig",
        "generate": "Generator",
        "gpt": "GPT2",
        "layout": "count_parameters",
        "llama": "Llama",
        "llama_config": "LlamaConfig",
        "mlp": "article_mlp",
        "pretrained": "SentenceEncoder minilm smollm2 smollm2_file",
        "rnn": "rnn_language_model",
        "sampling": "Sampling",
        "scoring": "Scorer",
        "vit": "ViT",
        "weights": "from_pretrained save_pretrained",
    },
)
