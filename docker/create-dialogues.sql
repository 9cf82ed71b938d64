-- The assistant keeps its dialogues beside the contact centre's data, in a database of its own.
CREATE DATABASE dialogues;
