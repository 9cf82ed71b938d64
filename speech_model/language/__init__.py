"""What callers say and how likely: text, word classes, n-grams and the language model of them."""
