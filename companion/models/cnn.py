"""A published convolutional network, counted."""

from __future__ import annotations


def resnet50_parameters(num_classes: int = 1000) -> int:
    """Count the trained weights of ResNet-50 (He et al., 2016, table 1) without making it.

    Args:
        num_classes: outputs of the last layer.

    Returns:
        25,557,032 for ImageNet: convolutions without bias, each followed by a batch norm with a
        scale and a shift for each channel.
    """

    def convolution(size: int, inputs: int, outputs: int) -> int:
        return size * size * inputs * outputs + 2 * outputs

    total, channels = convolution(7, 3, 64), 64
    for width, num_blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        # Only the first block of a stage changes the width, so only its shortcut has weights.
        total += convolution(1, channels, 4 * width)
        for _ in range(num_blocks):
            total += convolution(1, channels, width)
            total += convolution(3, width, width)
            total += convolution(1, width, 4 * width)
            channels = 4 * width
    return total + channels * num_classes + num_classes
