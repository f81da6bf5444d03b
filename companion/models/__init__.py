"""The models of the chapters, written out. Keras is loaded only where a model asks for it."""

from companion.lazy import attach

__getattr__, __all__ = attach(
    __name__,
    {
        "bert": "Bert",
        "cnn": "causal_cnn resnet50_parameters",
        "config": "BertConfig GPT2Config ViTConfig",
        "generate": "Generator Sampling",
        "gpt": "GPT2",
        "layout": "count_parameters",
        "mlp": "article_mlp",
        "ngram": "NGram",
        "rnn": "rnn_language_model",
        "text_classifier": "TextClassifier yes_no_loss",
        "vit": "ViT",
        "weights": "from_pretrained save_pretrained",
        "word_vectors": "train_word_vectors",
    },
)
