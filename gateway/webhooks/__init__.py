"""Signed POSTs of what happened: written down with the event itself, sent by any gateway until somebody took them."""
