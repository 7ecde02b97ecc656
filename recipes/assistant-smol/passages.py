"""Text to judge by that nobody owns any more: openings of W. C. Röntgen, On a New Kind of Rays (1895; translated by A. Stanton, 1896), C. Darwin,
On the Origin of Species (1859), A. Conan Doyle, A Study in Scarlet (1887), and L. Carroll, Alice's Adventures in Wonderland (1865)."""

PASSAGES = (
    "A discharge from a large induction coil is passed through a Hittorf's vacuum tube, or through a well-exhausted Crookes' or "
    "Lenard's tube. The tube is surrounded by a fairly close-fitting shield of black paper; it is then possible to see, in a "
    "completely darkened room, that paper covered on one side with barium platinocyanide lights up with brilliant fluorescence when "
    "brought into the neighbourhood of the tube, whether the painted side or the other be turned towards the tube. The fluorescence "
    "is still visible at two metres distance. It is easy to show that the origin of the fluorescence lies within the vacuum tube.",
    "When on board H.M.S. Beagle, as naturalist, I was much struck with certain facts in the distribution of the inhabitants of South "
    "America, and in the geological relations of the present to the past inhabitants of that continent. These facts seemed to me to "
    "throw some light on the origin of species, that mystery of mysteries, as it has been called by one of our greatest philosophers. "
    "On my return home, it occurred to me, in 1837, that something might perhaps be made out on this question by patiently "
    "accumulating and reflecting on all sorts of facts which could possibly have any bearing on it.",
    "In the year 1878 I took my degree of Doctor of Medicine of the University of London, and proceeded to Netley to go through the "
    "course prescribed for surgeons in the army. Having completed my studies there, I was duly attached to the Fifth Northumberland "
    "Fusiliers as Assistant Surgeon. The regiment was stationed in India at the time, and before I could join it, the second Afghan war "
    "had broken out. On landing at Bombay, I learned that my corps had advanced through the passes, and was already deep in the "
    "enemy's country. I followed, however, with many other officers who were in the same situation as myself, and succeeded in "
    "reaching Candahar in safety, where I found my regiment, and at once entered upon my new duties.",
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do: once or twice she had "
    "peeped into the book her sister was reading, but it had no pictures or conversations in it, \"and what is the use of a book,\" "
    "thought Alice \"without pictures or conversations?\" So she was considering in her own mind (as well as she could, for the hot day "
    "made her feel very sleepy and stupid), whether the pleasure of making a daisy-chain would be worth the trouble of getting up and "
    "picking the daisies, when suddenly a White Rabbit with pink eyes ran close by her.",
)
