"""What makes and proves the book; the pages and the companion never import it."""
