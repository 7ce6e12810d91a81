"""The demo day: its events as an upstream system would publish them, and what a person says of them."""
