"""What other people's tools take of a built site."""
