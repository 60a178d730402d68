"""The school pack: a student is diagnosed, traced and taught, and a teacher sees why."""
