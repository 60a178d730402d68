"""x"""
def decide_columns(*a): raise RuntimeError
decide_items=learn_columns=learn_items=decide_columns
