"""Labels of VQA-RAD images by rule.

Organ: `image_organ` of the image's questions (all questions of an image agree).
Modality: every question of an image votes once for each modality that its text or answer names, as follows.
  * A question that offers a choice or asks openly votes by its answer ("What modality is this?" - "MR - FLAIR").
  * "Is this a CT?" - "yes" votes for what the question names; "no" votes for nothing.
  * Any other question votes for what its text names in passing ("on this CXR", "in the MRI").
  * Negated questions ("does this not represent") do not vote; nor does a question that names two modalities without a choice.
The image takes the modality with the most votes, with votes of modality questions counting three times; a tie is no label.
That labels 95 of the 250 images. The others were looked at by the maker of this package, who is no radiologist: every such
chest image is a projection film, every abdomen image a CT slice, every head image an MR slice, but for the ones listed in
`BY_EYE`; two of which the maker was not sure stay without a modality label. Three first labels were corrected (27013 by
eye; 27402 and 50958 by mending the rule) after a first model, cross-validated, disagreed with them; card.md says what that does to the figures.
"""
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

USUAL = {"CHEST": "XR", "ABD": "CT", "HEAD": "MR"}
BY_EYE = {
    **dict.fromkeys(["34922", "39757", "45914", "46062", "46943", "54795", "57520"], "CT"),
    **dict.fromkeys(["20626", "45364"]),
}

NAMED = {
    "XR": r"x[- ]?rays?\b|\bcxrs?\b|\bxr\b|plain films?|radiographs?\b|\bkub\b|\bpa (?:film|view|image)\b",
    "MR": r"\bmris?\b|\bmr\b|\bflair\b|\bdwi\b|diffusion|\bt1\b|\bt2\b|\badc\b|gadolinium|t[12][- ]weighted",
    "CT": r"\bct\b|\bcts\b|\bcat scan|computed tomo",
}


def named(text: str) -> set[str]:
    return {modality for modality, pattern in NAMED.items() if re.search(pattern, text.lower())}


def votes(question: dict) -> list[str]:
    text, answer = str(question["question"]), str(question["answer"])
    if re.search(r"\bnot\b|n't\b|\bother than\b|\bwould\b|\bcan (?:ct|mri)\b|\bbest\b|\bfurther\b|\bbetter\b|\bmight\b|\btest\b", text.lower()):
        return []
    weight = 3 if "MODALITY" in question["question_type"] else 1
    said = named(answer)
    if len(said) == 1:
        return list(said) * weight
    asked = named(text)
    if len(asked) != 1:
        return []
    if re.match(r"\s*(?:is|was) (?:this|the (?:image|above)|that)", text.lower()) and answer.strip().lower().startswith("no"):
        return []
    return list(asked) * weight


def labels(data: Path) -> dict[str, tuple[str, str | None]]:
    """Image name -> (organ HEAD | CHEST | ABD, modality XR | CT | MR or None)."""
    organs, tally = {}, defaultdict(Counter)
    for question in json.loads((data / "vqa-rad" / "questions.json").read_text()):
        name = question["image_name"]
        organs.setdefault(name, question["image_organ"])
        tally[name].update(votes(question))
    result = {}
    for name, organ in organs.items():
        best = tally[name].most_common(2)
        clear = best and (len(best) == 1 or best[0][1] > best[1][1])
        seen = BY_EYE.get(Path(name).stem.removeprefix("synpic"), USUAL[organ])
        result[name] = (organ, best[0][0] if clear else seen)
    return result
