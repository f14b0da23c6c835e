"""What takes more than one record to judge.

Each module yields sentences of the form "file: record: what is wrong".
"""
