"""A priced provider over a local server that counts what was ordered: the proof of "never pay twice"."""
