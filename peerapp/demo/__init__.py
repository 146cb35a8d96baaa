"""A made-up county: people, history, a finished matching run and matches in every state."""
