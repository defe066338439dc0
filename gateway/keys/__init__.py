"""Who may: API keys, what they open, how much they may ask for, and what is signed for them."""
