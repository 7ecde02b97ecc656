/**
 * Words that decide whether a sentence affirms, denies or hesitates, in the languages whose yes and no are read. They are there to
 * abstain by, so that a word too many costs an answer and a word too few may cost a wrong one: the lists are wide.
 */

/** Patterns of whole words, where words are written apart. */
const anyOf = (words: readonly string[]): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}])(?:${words.join('|')})(?![\p{L}\p{M}\p{N}])`, 'u');

const NEGATIONS = anyOf([
  String.raw`no|not|none|nothing|neither|nor|never|nowhere|without|cannot|absen\p{L}*|negative|free of|non|\p{L}+n['’]t`,
  String.raw`nein|nicht|nichts|kein\p{L}*|ohne|nie|weder|pas|ne|n['’]\p{L}+|aucune?|sans|ni|jamais|rien|sin|nada|ning[uú]n\p{L}*|nunca`,
  String.raw`não|nao|nem|sem|nenhum\p{L}*|senza|nessun\p{L}*|niet|geen|zonder|nee`,
  'нет|не|ни|без|لا|ليس|لم|بدون|नहीं|बिना',
]);
const NEGATION_SIGNS = /[不没沒無无未非否]|いいえ|違|ない|ません|なし|않|없|아니|못/u;

const DOUBTS = anyOf([
  String.raw`but|however|although|though|unless|except|if|yet|probabl[ey]|possibl[ey]|perhaps|maybe|likely|unlikely|may|might|could`,
  String.raw`can['’]?t|cannot|exclud\p{L}*|rul(?:e|ed|ing) out|incorrect|wrong|false|actually|wait|sorry|correction|sure|unsure`,
  String.raw`uncertain\p{L}*|unclear|unknown|equivocal|indetermina\p{L}*|suspect\p{L}*|suspici\p{L}*|appears?|seems?|suggest\p{L}*`,
  String.raw`doubt\p{L}*|against|depend\p{L}*|instead|fewer|less|idea|know|tell|answer|provided|insufficient|inadequate|limited|unable`,
  String.raw`contrary|far from|not (?:absent|without|negative|impossible)|assess\p{L}*|evaluat\p{L}*|determin\p{L}*`,
  String.raw`aber|jedoch|doch|vielleicht|wahrscheinlich|möglich\p{L}*|oder|ausgeschlossen|auszuschließen|unklar|falsch|wenn|sondern`,
  String.raw`mais|cependant|toutefois|peut-être|probablement|possible|exclu\p{L}*|ou|sauf|faux|incertain\p{L}*|sais`,
  String.raw`pero|aunque|sin embargo|quizás?|tal vez|probable\p{L}*|posible\p{L}*|descart\p{L}*|incorrecto|sé`,
  String.raw`mas|porém|talvez|provave\p{L}*|possíve\p{L}*|embora|sei|contudo|ma|però|forse|maar|misschien`,
  String.raw`но|однако|возможно|вероятно|исключ\p{L}*|или|если|хотя|لكن|ربما|قد|إلا|أعرف|लेकिन|शायद|परंतु`,
]);
const DOUBT_SIGNS =
  /[但疑或惑?؟]|不[过過]|然而|可能|也[许許]|排除|除非|[虽雖]然|不确定|不確定|[无無]法|如果|不知|不清|しかし|ただし|かもしれ|否定でき|不明|[わ分]から|하지만|그러나|지만|아마|가능|배제|모르|수도/u;

const AFFIRMATIONS = anyOf([
  'yes|yeah|yep|sí|sì|si|oui|ja|sim|да|نعم|हाँ|हां|네|예',
  String.raw`there['’]s(?! (?:no|not|nothing|none)(?!\p{L}))|there (?:is|are)(?! (?:no|not|nothing|none)(?!\p{L})|n['’]t)`,
  String.raw`es gibt(?! (?:kein|nicht))|il y a|(?<!no )hay|(?<!não )há|il y en a|on the other (?:hand|side)`,
]);
/** In a clause that denies nothing. */
const PRESENT = anyOf([
  String.raw`(?:is|are|remains?) (?:still |also |clearly )?(?:present|visible|seen|noted|evident|identified|shown|found)`,
]);
const CLAUSE_END = /[.,;:!。、،؛।]/u;
const DENIED_SIGNS = /[没沒]有?|不是|[无無]有|ありません/gu;
const AFFIRMATION_SIGNS = /[是有]|はい|あります|있/u;

/** As the words are compared: case, width and space do not matter. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ');

/** Whether the text denies anything. */
export const holdsNegation = (text: string): boolean =>
  NEGATIONS.test(folded(text)) || NEGATION_SIGNS.test(folded(text));

/** Whether it hesitates, restricts itself, takes something back, or says that it cannot be known. */
export const holdsDoubt = (text: string): boolean => DOUBTS.test(folded(text)) || DOUBT_SIGNS.test(folded(text));

/** Whether it says yes, or that there is something. */
export const holdsAffirmation = (text: string): boolean =>
  AFFIRMATIONS.test(folded(text)) ||
  AFFIRMATION_SIGNS.test(folded(text).replace(DENIED_SIGNS, '')) ||
  folded(text)
    .split(CLAUSE_END)
    .some((clause) => PRESENT.test(clause) && !holdsNegation(clause));
