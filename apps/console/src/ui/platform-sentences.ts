import type { Language } from '../i18n/define-messages';

/**
 * What the platform says of every kind of refusal, and what helps (`REASONS` of libs/errors, and where an image or a model server is
 * refused for a reason of its own), in the languages that it does not speak itself, by what it says. Its other sentences, which name
 * fields and values, stay as they were given.
 */
export const PLATFORM_SENTENCES: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<string, string>>>> = {
  es: {
    'The request is not well formed': 'La solicitud no está bien formada',
    'Correct the named field; the request schema is in GET /openapi.json.':
      'Corrija el campo nombrado; el esquema de las solicitudes está en GET /openapi.json.',
    'No valid credential was given': 'No se dio ninguna credencial válida',
    'Send the header "Authorization: Bearer KEY" with a key from "medserve keys create" or the one printed at start.':
      'Envíe la cabecera «Authorization: Bearer KEY» con una clave de «medserve keys create» o la que se muestra al arrancar.',
    'The credential does not allow this': 'La credencial no permite esto',
    'Use a key that has the named scope, or ask an administrator for one.':
      'Use una clave que tenga el permiso nombrado, o pídala a quien administra la plataforma.',
    'The break-glass grant does not allow this': 'La autorización de emergencia no permite esto',
    'Ask for a grant with POST /v1/break-glass, have a second person approve it, and use it yourself within its time.':
      'Pida una autorización con POST /v1/break-glass, que la apruebe una segunda persona, y úsela usted dentro de su plazo.',
    'There is no such thing': 'No existe',
    'Check the path and the id; GET /openapi.json lists the paths.':
      'Compruebe la ruta y el identificador; GET /openapi.json enumera las rutas.',
    'The stored answer was destroyed on purpose': 'La respuesta guardada se destruyó a propósito',
    'Nothing: its key was destroyed. GET /v1/audit/{id} shows its record.':
      'No hay nada que hacer: su clave se destruyó. GET /v1/audit/{id} muestra su registro.',
    'The path does not take this method': 'La ruta no admite este método',
    'Use a method that the header Allow names; GET /openapi.json lists the paths.':
      'Use un método de los que nombra la cabecera Allow; GET /openapi.json enumera las rutas.',
    'There is no such representation': 'No existe esa representación',
    'Ask in the header Accept for a media type and transfer syntax that GET /dicom-web lists.':
      'Pida en la cabecera Accept un tipo y una sintaxis de transferencia de los que enumera GET /dicom-web.',
    'The study was here and was removed': 'El estudio estuvo aquí y se eliminó',
    'Nothing here: it was kept as long as it had to be. Ask the archive that sent it.':
      'Aquí no hay nada que hacer: se conservó el tiempo debido. Pídalo al archivo que lo envió.',
    'This is not offered here': 'Esto no se ofrece aquí',
    'Do without it; GET /v2 lists the extensions that are offered.':
      'Prescinda de ello; GET /v2 enumera las extensiones que se ofrecen.',
    'This is not an image type that is read here': 'Este tipo de imagen no se lee aquí',
    'Send application/dicom, image/png, image/jpeg, image/tiff, or NIfTI as application/octet-stream or application/gzip.':
      'Envíe application/dicom, image/png, image/jpeg, image/tiff, o NIfTI como application/octet-stream o application/gzip.',
    'The image cannot be read': 'No se puede leer la imagen',
    'Send the whole, undamaged file again.': 'Envíe de nuevo el archivo entero y sin daños.',
    'The DICOM transfer syntax is not supported': 'No se admite la sintaxis de transferencia DICOM',
    'Convert the object to Explicit VR Little Endian, JPEG, JPEG-LS, JPEG 2000 or RLE, and send it again.':
      'Convierta el objeto a Explicit VR Little Endian, JPEG, JPEG-LS, JPEG 2000 o RLE, y envíelo de nuevo.',
    'The declared modality is not what the image shows': 'La modalidad declarada no es lo que muestra la imagen',
    'Correct or drop "modality", or set "allowMismatch" to true if you are sure.':
      'Corrija o quite «modality», o ponga «allowMismatch» a true si está seguro.',
    'Nothing says what was imaged': 'Nada dice de qué es la imagen',
    'Declare "modality", or send the DICOM object with its header.':
      'Declare «modality», o envíe el objeto DICOM con su cabecera.',
    'The files do not form one series': 'Los archivos no forman una sola serie',
    'Send the files of one series in one request, other series in requests of their own.':
      'Envíe los archivos de una serie en una solicitud, y los de otras series en otras.',
    'There is no such model': 'No existe ese modelo',
    'Choose a model that GET /v1/models lists.': 'Elija un modelo de los que enumera GET /v1/models.',
    'There is no such task': 'No existe esa tarea',
    'Choose a task that GET /v1/models lists with a model.':
      'Elija una tarea de las que enumera GET /v1/models con un modelo.',
    'No model does this task for this modality': 'Ningún modelo hace esta tarea para esta modalidad',
    'Choose a task that GET /v1/models lists for the modality, or add a model package.':
      'Elija una tarea de las que enumera GET /v1/models para la modalidad, o añada un paquete de modelo.',
    'The idempotency key was used with another request': 'La clave de idempotencia se usó con otra solicitud',
    'Use a new Idempotency-Key for a new request.': 'Use una Idempotency-Key nueva para una solicitud nueva.',
    'There is a workitem of this UID': 'Ya existe una tarea de trabajo con este UID',
    'Create it with another UID, or with none: one is then given.':
      'Créela con otro UID, o sin ninguno: entonces se le da uno.',
    'The workitem is not in a state that allows this': 'El estado de la tarea de trabajo no permite esto',
    'GET /dicom-web/workitems/{workitem} shows its state.': 'GET /dicom-web/workitems/{workitem} muestra su estado.',
    'The workitem was here and was removed': 'La tarea de trabajo estuvo aquí y se eliminó',
    'Nothing: it had ended, and was kept as long as it had to be.':
      'No hay nada que hacer: había terminado, y se conservó el tiempo debido.',
    'The request is not in a state that allows this': 'El estado de la solicitud no permite esto',
    'Only jobs can be cancelled: send what may take long to POST /v1/jobs, or with "Prefer: respond-async".':
      'Solo se pueden cancelar las solicitudes en diferido: envíe lo que pueda tardar a POST /v1/jobs, o con «Prefer: respond-async».',
    'The study is not in a state that allows this': 'El estado del estudio no permite esto',
    'GET /v1/studies/{uid} shows its state and what it waits for.':
      'GET /v1/studies/{uid} muestra su estado y a qué espera.',
    'The request exceeds a limit': 'La solicitud supera un límite',
    'Send less at once; "limit" names the limit and its value.':
      'Envíe menos de una vez; «limit» nombra el límite y su valor.',
    'The quota is used up': 'La cuota está agotada',
    'Wait for the time in Retry-After and send the request again.':
      'Espere el tiempo que dice Retry-After y envíe la solicitud de nuevo.',
    'The session is answering another turn': 'La sesión está respondiendo a otro turno',
    'Wait for the time in Retry-After and send the turn again: turns are answered one at a time.':
      'Espere el tiempo que dice Retry-After y envíe el turno de nuevo: los turnos se responden de uno en uno.',
    'All places in the queue are taken': 'No queda ningún lugar en la cola',
    'A part of the platform is not reachable': 'No se puede contactar con una parte de la plataforma',
    'Wait for the time in Retry-After and send the request again; "medserve doctor" tells which part.':
      'Espere el tiempo que dice Retry-After y envíe la solicitud de nuevo; «medserve doctor» dice qué parte es.',
    'The model is being loaded': 'El modelo se está cargando',
    'The model was unloaded on request': 'El modelo se descargó porque alguien lo pidió',
    'Load it with POST /v2/repository/models/{name}/load, or choose another model.':
      'Cárguelo con POST /v2/repository/models/{name}/load, o elija otro modelo.',
    'The model package cannot be served': 'No se puede servir el paquete del modelo',
    'Ask the operator to look at the package; "medserve models" shows what is wrong with it.':
      'Pida a quienes mantienen la plataforma que miren el paquete; «medserve models» muestra qué le pasa.',
    'The model is not signed and approved as the trust policy wants':
      'El modelo no está firmado y aprobado como exige la política de confianza',
    'Choose another model; operators: "medserve models verify DIR" says what is missing or was altered.':
      'Elija otro modelo; para quienes mantienen la plataforma: «medserve models verify DIR» dice qué falta o se alteró.',
    'The default version was changed meanwhile': 'Entretanto se cambió la versión predeterminada',
    'Look at it with GET /v1/models/{name}/default, and decide anew.':
      'Mírela con GET /v1/models/{name}/default, y decida de nuevo.',
    'The deadline passed before there was an answer': 'El plazo pasó antes de que hubiera respuesta',
    'Send the request with a longer "deadlineMs", or as a job by POST /v1/jobs.':
      'Envíe la solicitud con un «deadlineMs» más largo, o en diferido con POST /v1/jobs.',
    'The caller went away': 'Quien preguntaba se fue',
    'Nothing: the work was stopped and recorded as cancelled.':
      'No hay nada que hacer: el trabajo se detuvo y quedó registrado como cancelado.',
    'The model failed under the request': 'El modelo falló con la solicitud',
    'Check that the input is what the model takes; if it is, tell the operator the request id.':
      'Compruebe que la entrada es la que acepta el modelo; si lo es, diga a quienes mantienen la plataforma el identificador de la solicitud.',
    'MedServe made a mistake': 'MedServe cometió un error',
    'Tell the operator the request id.': 'Diga a quienes mantienen la plataforma el identificador de la solicitud.',
    'Send all slices of the series in one request, or a NIfTI volume.':
      'Envíe todos los cortes de la serie en una solicitud, o un volumen NIfTI.',
    'Send one image of the series, or ask for a task that takes the volume; GET /v1/models lists them.':
      'Envíe una imagen de la serie, o pida una tarea que admita el volumen; GET /v1/models las enumera.',
    'Send an object of the study that is an image.': 'Envíe un objeto del estudio que sea una imagen.',
    'Send an image, such as the ECG as its device draws it.':
      'Envíe una imagen, por ejemplo el ECG como lo dibuja su equipo.',
    'Convert the volume to integers of 8 to 64 bits, float32 or float64.':
      'Convierta el volumen a enteros de 8 a 64 bits, float32 o float64.',
    'Send the volumes one by one, as three-dimensional files.':
      'Envíe los volúmenes uno por uno, como archivos tridimensionales.',
    'Send "parameters.phrase", or choose another model.': 'Envíe «parameters.phrase», o elija otro modelo.',
    'Send a shorter conversation or fewer images, or ask for a shorter answer.':
      'Envíe una conversación más corta o menos imágenes, o pida una respuesta más corta.',
    'Leave out options that the model does not offer; the operator can look at the log of its servers.':
      'Quite las opciones que el modelo no ofrece; quien administra la plataforma puede mirar el registro de sus servidores.',
    'Leave the keyword out, and check it when the answer is there.':
      'Quite la palabra clave, y compruébela cuando llegue la respuesta.',
    'Tell the operator: the key in the pools file is not the one that the servers know.':
      'Avise a quien administra la plataforma: la clave del archivo de réplicas no es la que conocen los servidores.',
    'Tell the operator: the package or its adapters name a model that the pool does not serve.':
      'Avise a quien administra la plataforma: el paquete o sus adaptadores nombran un modelo que el grupo no sirve.',
  },
};
