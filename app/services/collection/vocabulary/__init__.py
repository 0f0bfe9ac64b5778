"""Terms of labels: values in use, codes in controlled vocabularies, their editing."""
