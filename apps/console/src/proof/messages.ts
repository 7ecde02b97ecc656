import { defineMessages } from '../i18n';

export const TEXTS = defineMessages({
  en: {
    title: 'On record',
    records: 'What the ledger holds of this request',
    event: 'Event',
    time: 'Time',
    sequence: 'Entry',
    hash: 'Hash',
    check: 'Check the proof in this browser',
    checkAgain: 'Check again',
    cancel: 'Cancel',
    needsRead: 'Seeing what is on record needs the scope audit:read, which you have not got.',
    needsExport: 'Checking the proof needs the scope audit:export, which you have not got.',
    intro:
      'Every request leaves entries in a ledger that cannot be changed unnoticed. This browser can check that by itself: it fetches the log and computes all hashes anew.',
    show: 'Look it up in the log',
    showNote: 'Who looks is put on record, too.',
    entryWithheld:
      'The log does not give this entry out: retention deleted it, or its file holds entries of others, too. Only its hash can be checked.',
    otherLog:
      'The entry is older than the log of your organisation. It stands in the log that the platform had before, which is not given out; those who run the platform can prove it with "medserve audit prove".',
    noRecords: 'There is nothing on record of this request.',
    steps: 'Steps of the check',
    holds: 'Holds',
    fails: 'Does not hold',
    unchecked: 'Not checked',
    running: 'Checking …',
    stepSignature: 'The checkpoint is signed by the key of the log',
    stepRoot: 'The tiles of the log fold to the signed root',
    stepContinuity: 'The log goes on from what this browser saw before',
    stepEntry: 'Entry {sequence} is what the platform told of it',
    stepPath: 'Entry {sequence} leads to the signed root',
    stepAnswer: 'The answer is, byte for byte, the one that entry {sequence} names',
    waiting:
      'The newest checkpoint covers {covered, plural, =0 {no entry} one {# entry} other {# entries}}; entry {wanted} is newer. The log is signed once a minute: waiting for that.',
    logFacts: 'Log {origin}, {size, plural, one {# entry} other {# entries}}, root {root}',
    key: 'Key of the log',
    keyNote:
      'The key came from the same platform as the log. Compare it, character by character, with one that came to you another way, such as from "medserve audit key" run by your own people.',
    witnesses: 'Cosigned by {names}: those signatures are not checked here.',
    continued: 'It had {before, plural, one {# entry} other {# entries}} then, and they are still its first ones.',
    computed: 'Computed here: {hash}',
    noEd25519:
      'This browser cannot check the signature (it has no Ed25519). The command line can: medserve audit verify.',
    firstVisit:
      'This browser sees the log for the first time. From now on it remembers its root, and will notice if the log is written anew.',
    otherKey:
      'The log goes on, but is signed with another key than the one that this browser saw first. A change of keys is itself on record, as "signing key changed": look whether it was meant.',
    noAnswerNamed: 'The entry names no answer.',
    answerForbidden: 'You may not read the answer: that needs the scope result:read.',
    answerGone:
      'The answer is no longer there: it was deleted, or its key was destroyed. Its hash still stands on record.',
    verdictHolds: 'The proof holds.',
    verdictHoldsMore:
      'The log is signed, and {count, plural, one {this entry stands} other {these entries stand}} in it as told.',
    verdictFails: 'The proof does not hold.',
    verdictFailsMore:
      'Something was changed, or is damaged. Keep this page, note the entry or file that is named below, and tell those who answer for the log before anybody repairs anything.',
    verdictPartly: 'Not everything could be checked.',
    verdictPartlyMore: 'Nothing speaks against the log. What was not checked stands below.',
    noWebcrypto:
      'The browser hands out no cryptography here, because the page did not come over HTTPS. Open it over HTTPS, or check by command: medserve audit verify.',
    noSuchEntry: 'There is no signed entry {wanted, number}.',
    noSuchEntryNext:
      'The log has {signed, plural, one {# signed entry} other {# signed entries}}, counted from 0. It is signed once a minute: what came since can be verified then.',
    notSignedYet:
      'The entry is not covered by a signed checkpoint yet, after two minutes. Try again later; if that stays so, the recorder of the platform does not sign.',
    path: 'Path of entry {sequence}',
    picture:
      'Merkle path: from the entry at the bottom, {count, plural, =0 {without a join} one {over # join} other {over # joins}}, to the root at the top.',
    root: 'root',
    entry: 'entry',
    joins: 'All hashes of the path',
    joinLeft: 'SHA-256 of {sibling} and the hash before gives {parent}',
    joinRight: 'SHA-256 of the hash before and {sibling} gives {parent}',
    joinFirst: 'The hash of the entry: {leaf}',
    meaning: 'What this proves, and what it does not',
    proves:
      'It proves that these entries stand in the log that was signed, unchanged, and that the answer that the platform gives out today is the one that was recorded.',
    provesTime:
      'A browser that has seen the log before also proves that nothing that was in it then was changed or taken out since.',
    provesNot:
      'It does not prove that the key is the right one, since the key came from the same platform. Nor that the page itself is honest: who does not trust the platform checks with a program of their own, see "medserve audit prove".',
    forget: 'Forget what this browser knows of the log',
    forgetNote:
      'Only where you know why the log is another one, such as after the platform was set up anew. Until then this is the only trace of the difference.',
    forgotten: 'Forgotten. The next check sees the log for the first time.',
  },
  es: {
    title: 'En el registro',
    records: 'Lo que el registro guarda de esta solicitud',
    event: 'Evento',
    time: 'Hora',
    sequence: 'Entrada',
    hash: 'Hash',
    check: 'Comprobar la prueba en este navegador',
    checkAgain: 'Comprobar de nuevo',
    cancel: 'Cancelar',
    needsRead: 'Para ver lo registrado hace falta el permiso audit:read, que usted no tiene.',
    needsExport: 'Para comprobar la prueba hace falta el permiso audit:export, que usted no tiene.',
    intro:
      'Cada solicitud deja entradas en un registro que no puede alterarse sin que se note. Este navegador puede comprobarlo por sí mismo: descarga el registro y vuelve a calcular todos los hashes.',
    show: 'Consultarlo en el registro',
    showNote: 'También queda registrado quién lo consulta.',
    entryWithheld:
      'El registro no entrega esta entrada: venció su conservación o su archivo contiene también entradas de otros. Solo se puede comprobar su hash.',
    otherLog:
      'La entrada es anterior al registro de su organización. Consta en el que la plataforma tenía antes, que no se entrega; quienes mantienen la plataforma pueden probarla con «medserve audit prove».',
    noRecords: 'No hay nada registrado de esta solicitud.',
    steps: 'Pasos de la comprobación',
    holds: 'Correcto',
    fails: 'No se cumple',
    unchecked: 'Sin comprobar',
    running: 'Comprobando …',
    stepSignature: 'El punto de control está firmado con la clave del registro',
    stepRoot: 'Las teselas del registro conducen a la raíz firmada',
    stepContinuity: 'El registro continúa lo que este navegador vio antes',
    stepEntry: 'La entrada {sequence} es la que la plataforma indicó',
    stepPath: 'La entrada {sequence} conduce a la raíz firmada',
    stepAnswer: 'La respuesta es, byte a byte, la que nombra la entrada {sequence}',
    waiting:
      'El último punto de control cubre {covered, plural, =0 {ninguna entrada} one {# entrada} other {# entradas}}; la entrada {wanted} es más reciente. El registro se firma una vez por minuto: esperando la firma.',
    logFacts: 'Registro {origin}, {size, plural, one {# entrada} other {# entradas}}, raíz {root}',
    key: 'Clave del registro',
    keyNote:
      'La clave procede de la misma plataforma que el registro. Compárela, carácter a carácter, con una que le haya llegado por otra vía, por ejemplo la de «medserve audit key» ejecutado por su propio personal.',
    witnesses: 'Cofirmado por {names}: esas firmas no se comprueban aquí.',
    continued:
      'Entonces tenía {before, plural, one {# entrada, que sigue siendo la primera} other {# entradas, que siguen siendo las primeras}}.',
    computed: 'Calculado aquí: {hash}',
    noEd25519:
      'Este navegador no puede comprobar la firma (no dispone de Ed25519). La línea de órdenes sí puede: medserve audit verify.',
    firstVisit:
      'Este navegador ve el registro por primera vez. Desde ahora recuerda su raíz y notará si el registro se reescribe.',
    otherKey:
      'El registro continúa, pero está firmado con una clave distinta de la primera que vio este navegador. El cambio de clave también consta en el registro, como «clave de firma cambiada»: verifique si fue intencionado.',
    noAnswerNamed: 'La entrada no nombra ninguna respuesta.',
    answerForbidden: 'No puede leer la respuesta: hace falta el permiso result:read.',
    answerGone: 'La respuesta ya no existe: se eliminó o se destruyó su clave. Su hash sigue en el registro.',
    verdictHolds: 'La prueba es correcta.',
    verdictHoldsMore:
      'El registro está firmado y {count, plural, one {esta entrada consta} other {estas entradas constan}} en él tal como se indicó.',
    verdictFails: 'La prueba no se cumple.',
    verdictFailsMore:
      'Algo se ha alterado o está dañado. Conserve esta página, anote la entrada o el archivo que se nombra abajo y avise a los responsables del registro antes de que nadie repare nada.',
    verdictPartly: 'No se ha podido comprobar todo.',
    verdictPartlyMore: 'Nada contradice al registro. Abajo consta lo que quedó sin comprobar.',
    noWebcrypto:
      'El navegador no ofrece criptografía aquí porque la página no llegó por HTTPS. Ábrala por HTTPS o compruebe con la orden medserve audit verify.',
    noSuchEntry: 'No hay ninguna entrada firmada {wanted, number}.',
    noSuchEntryNext:
      'El registro tiene {signed, plural, one {# entrada firmada} other {# entradas firmadas}}, contadas desde 0. Se firma cada minuto: lo posterior podrá verificarse entonces.',
    notSignedYet:
      'Tras dos minutos, ningún punto de control firmado cubre todavía la entrada. Inténtelo más tarde; si persiste, el registrador de la plataforma no está firmando.',
    path: 'Camino de la entrada {sequence}',
    picture:
      'Camino de Merkle: desde la entrada, abajo, {count, plural, =0 {sin uniones} one {con # unión} other {con # uniones}}, hasta la raíz, arriba.',
    root: 'raíz',
    entry: 'entrada',
    joins: 'Todos los hashes del camino',
    joinLeft: 'SHA-256 de {sibling} y el hash anterior da {parent}',
    joinRight: 'SHA-256 del hash anterior y {sibling} da {parent}',
    joinFirst: 'El hash de la entrada: {leaf}',
    meaning: 'Qué demuestra y qué no',
    proves:
      'Demuestra que estas entradas constan sin cambios en el registro firmado, y que la respuesta que la plataforma entrega hoy es la que se registró.',
    provesTime:
      'Un navegador que ya había visto el registro demuestra además que nada de lo que contenía entonces se ha alterado o eliminado desde entonces.',
    provesNot:
      'No demuestra que la clave sea la verdadera, pues procede de la misma plataforma. Tampoco que la propia página sea honrada: quien no confíe en la plataforma debe comprobar con un programa suyo, véase «medserve audit prove».',
    forget: 'Olvidar lo que este navegador sabe del registro',
    forgetNote:
      'Solo si sabe por qué el registro es otro, por ejemplo tras instalar de nuevo la plataforma. Hasta entonces, este es el único rastro de la diferencia.',
    forgotten: 'Olvidado. La próxima comprobación verá el registro por primera vez.',
  },
});

/** What is said of a fault; the keys are those of `Fault`. */
export const FAULTS = defineMessages({
  en: {
    'key-malformed': 'The key that the platform gives out is damaged: its id is not that of its bytes.',
    'note-malformed': 'The checkpoint is no signed note.',
    'checkpoint-malformed': 'What is signed is no checkpoint: origin, size and root are expected.',
    'signature-missing': 'The checkpoint bears no signature of {name} by this key.',
    'signature-wrong': 'Wrong signature: it is not one of {name} over this checkpoint.',
    'origin-differs': 'The checkpoint is of the log {found}, the key of the log {expected}.',
    'tile-size': 'The file {path} has {found} bytes, and should have {expected}.',
    'bundle-cut': 'The bundle {path} is cut off.',
    'bundle-count': 'The bundle {path} has {found} entries, and should have {expected}.',
    'root-differs': 'Wrong root. The edge of the log ({path}) folds to {found}; signed is {expected}.',
    'tile-differs': 'The tile {path} folds to {found}; the tile above it says {expected}.',
    'leaf-differs': 'Entry {sequence} differs: it hashes to {found}; the tile says {expected}.',
    'record-differs': 'Entry {sequence} differs: it hashes to {found}; the platform told {expected}.',
    'path-differs': 'The path of entry {sequence} ends at {found}; signed is {expected}.',
    'entry-unreadable': 'Entry {sequence} cannot be read.',
    'entry-of-another': 'Entry {sequence} tells of something else than the platform said.',
    'answer-differs': 'The answer that the platform gives out hashes to {found}; entry {sequence} names {expected}.',
    'log-shrunk': 'The log has {now} entries. This browser has seen it with {before}: its end was cut off.',
    'log-forked':
      'This browser has seen the log with {before} entries and another root: what stood there then was written anew.',
  },
  es: {
    'key-malformed': 'La clave que entrega la plataforma está dañada: su identificador no es el de sus bytes.',
    'note-malformed': 'El punto de control no es una nota firmada.',
    'checkpoint-malformed': 'Lo firmado no es un punto de control: se esperan origen, tamaño y raíz.',
    'signature-missing': 'El punto de control no lleva ninguna firma de {name} con esta clave.',
    'signature-wrong': 'Firma incorrecta: no es de {name} sobre este punto de control.',
    'origin-differs': 'El punto de control es del registro {found}; la clave, del registro {expected}.',
    'tile-size': 'El archivo {path} tiene {found} bytes y debería tener {expected}.',
    'bundle-cut': 'El paquete {path} está cortado.',
    'bundle-count': 'El paquete {path} tiene {found} entradas y debería tener {expected}.',
    'root-differs': 'Raíz incorrecta. El borde del registro ({path}) conduce a {found}; lo firmado es {expected}.',
    'tile-differs': 'La tesela {path} conduce a {found}; la tesela superior indica {expected}.',
    'leaf-differs': 'La entrada {sequence} difiere: su hash es {found}; la tesela indica {expected}.',
    'record-differs': 'La entrada {sequence} difiere: su hash es {found}; la plataforma indicó {expected}.',
    'path-differs': 'El camino de la entrada {sequence} termina en {found}; lo firmado es {expected}.',
    'entry-unreadable': 'La entrada {sequence} no se puede leer.',
    'entry-of-another': 'La entrada {sequence} trata de algo distinto de lo que indicó la plataforma.',
    'answer-differs':
      'El hash de la respuesta que entrega la plataforma es {found}; la entrada {sequence} nombra {expected}.',
    'log-shrunk': 'El registro tiene {now} entradas. Este navegador lo vio con {before}: le falta el final.',
    'log-forked':
      'Este navegador vio el registro con {before} entradas y otra raíz: lo que constaba entonces se reescribió.',
  },
});
