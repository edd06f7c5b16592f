"""Games: pure rules, their theory and their wordings. No model, no randomness."""
