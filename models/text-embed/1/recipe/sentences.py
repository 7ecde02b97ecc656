"""Sentences to hold the quantised graph against the plain one: findings, and their negations, built of parts; then ordinary English."""

from itertools import product

FINDINGS = (
    "pneumothorax", "pleural effusion", "consolidation", "rib fracture", "cardiomegaly", "pulmonary nodule", "free air under the diaphragm",
    "midline shift", "subdural haematoma", "renal calculus",
)
AFFIRMED = ("Large left {}.", "There is a small {} on the right side.", "New {} since yesterday", "Severe {} with mass effect.")
NEGATED = ("No {}.", "without evidence of {}", "{} excluded.")
FRAMES = (
    *AFFIRMED, *NEGATED, "The {} seen before has resolved.",
    "Cannot exclude {}; correlate clinically.", "Is there a {} in this image?", "{} is unchanged since the last examination.",
    "History of {}, now presenting with shortness of breath and fever for three days.",
    "The patient was told that the {} needs no treatment, and that a second film in six weeks is enough.", "{}",
    "Comparison: none. Findings: {}. Impression: {} as described above, otherwise an unremarkable examination of the chest and abdomen.",
    "Possible {} behind the heart.", "Follow-up of {} after drainage.", "Two weeks after {}",
)  # fmt: skip
ORDINARY = (
    "The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.", "That is a happy person", "That is a happy dog",
    "That is a very happy person", "Today is a sunny day", "A train leaves at 7:45 from platform 3.", "e = mc²", "¿Dónde está la biblioteca?",
    "Ein Hund läuft über die Straße.", "北京 is the capital of China", "SELECT name FROM patient WHERE id = 42;", "no", "?", "ok thanks, see you at 5 pm",
    "The quick brown fox jumps over the lazy dog.", "Two households, both alike in dignity, in fair Verona, where we lay our scene.",
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.", "😀 great news",
)  # fmt: skip
SENTENCES = tuple(frame.replace("{}", finding) for frame, finding in product(FRAMES, FINDINGS)) + ORDINARY
