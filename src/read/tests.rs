//! Reads the files of `tests/data/read`, which other programs made (`make.py` there says how).
