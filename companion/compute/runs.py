"""Training runs that others published: the operations they state, and the device hours."""

from dataclasses import dataclass

from companion.compute.costs import HOUR, Hardware, training_flops


@dataclass(frozen=True)
class PublishedRun:
    """A run whose operations its authors, or others in print, have stated.

    Attributes:
        name: the model.
        parameters: those that each token meets in training; for T5, all of them.
        tokens: read in training.
        flops: as printed in the source.
        per_parameter: see :func:`training_flops`.
    """

    name: str
    parameters: float
    tokens: float
    flops: float
    per_parameter: float = 6.0

    @property
    def computed(self) -> float:
        """The same by our formula."""
        return training_flops(self.parameters, self.tokens, per_parameter=self.per_parameter)

    @property
    def error(self) -> float:
        """Ours over the published one, minus 1."""
        return self.computed / self.flops - 1


# BERT, T5 and GPT-3: Brown et al. (2020), table D.1; Gopher and Chinchilla: Hoffmann et al. (2022),
# section 4; PaLM: Chowdhery et al. (2022), appendix on compute; Llama: Grattafiori et al. (2024),
# section 1. Gopher's own count holds what the rule of six leaves out, and Chinchilla was given
# Gopher's budget.
PUBLISHED_RUNS = (
    PublishedRun("BERT base", 109e6, 250e9, 1.64e20),
    PublishedRun("BERT large", 355e6, 250e9, 5.33e20),
    PublishedRun("T5 11B", 11e9, 1e12, 3.30e22, 3.0),
    PublishedRun("GPT-3 175B", 174.6e9, 300e9, 3.14e23),
    PublishedRun("Gopher 280B", 280e9, 300e9, 5.76e23),
    PublishedRun("Chinchilla 70B", 70e9, 1.4e12, 5.76e23),
    PublishedRun("PaLM 540B", 540e9, 780e9, 2.5272e24),
    PublishedRun("Llama 3.1 405B", 405e9, 15.6e12, 3.8e25),
)


@dataclass(frozen=True)
class TimedRun:
    """A run of which the device hours were published.

    Attributes:
        name: the model.
        parameters: those that each token meets.
        tokens: read in training.
        device_hours: as printed in the source.
        peak_flops: of one device in 16-bit numbers, by its maker.
    """

    name: str
    parameters: float
    tokens: float
    device_hours: float
    peak_flops: float

    @property
    def utilisation(self) -> float:
        """Share of the peak that went into the model, all published hours counted."""
        hours = training_flops(self.parameters, self.tokens) / self.peak_flops / HOUR
        return hours / self.device_hours

    def predicted_hours(self, utilisation: float) -> float:
        """Return the hours that an assumed utilisation gives."""
        device = Hardware(name="", peak_flops=self.peak_flops, utilisation=utilisation)
        return device.run(training_flops(self.parameters, self.tokens)).device_hours


# Peaks: TPU v2 and v4 chip by Google, A100 and H100 (H800 the same) by NVIDIA, without sparsity.
_TPU2, _TPU4, _A100, _H100 = 45e12, 275e12, 312e12, 989e12
# Devlin et al. (2019), appendix A.2: 16 chips, four days, 256 sequences of 512 tokens a step at
# full length; Chowdhery et al. (2022), section 7: 1,200 hours on 6,144 chips and 336 on half of
# them; Touvron et al. (2023), table 15, and (2023b), table 2; Llama 3's model card;
# DeepSeek-V3's report, table 1, pre-training.
TIMED_RUNS = (
    TimedRun("BERT base", 110e6, 1e6 * 256 * 512, 16 * 4 * 24, _TPU2),
    TimedRun("PaLM 540B", 540e9, 780e9, 1200 * 6144 + 336 * 3072, _TPU4),
    TimedRun("LLaMA 7B", 6.7e9, 1.0e12, 82_432, _A100),
    TimedRun("LLaMA 13B", 13.0e9, 1.0e12, 135_168, _A100),
    TimedRun("LLaMA 33B", 32.5e9, 1.4e12, 530_432, _A100),
    TimedRun("LLaMA 65B", 65.2e9, 1.4e12, 1_022_362, _A100),
    TimedRun("Llama 2 7B", 7e9, 2e12, 184_320, _A100),
    TimedRun("Llama 2 13B", 13e9, 2e12, 368_640, _A100),
    TimedRun("Llama 2 70B", 70e9, 2e12, 1_720_320, _A100),
    TimedRun("Llama 3 8B", 8e9, 15e12, 1.3e6, _H100),
    TimedRun("Llama 3 70B", 70e9, 15e12, 6.4e6, _H100),
    TimedRun("DeepSeek-V3", 37e9, 14.8e12, 2.664e6, _H100),
)
