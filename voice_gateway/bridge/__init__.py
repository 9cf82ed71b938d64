"""Two people talking: the caller and agents joined, heard, held and written down."""
