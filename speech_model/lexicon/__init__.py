"""How words sound: a dictionary, words of the designers, and rules for words nobody wrote down."""
