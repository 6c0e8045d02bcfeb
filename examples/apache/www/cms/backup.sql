nobody shall read this
