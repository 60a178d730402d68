"""Letters to people from moments that opened themselves, until a channel has brought them."""
