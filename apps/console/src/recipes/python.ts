import type { Place, RecipeAsk } from './ask';
import { python } from './quote';

/** For Python 3.8 and later, with nothing but its own library. */
export function pythonRecipe({ files, request, asJob }: RecipeAsk, { url }: Place): string {
  return `import base64, json, os, sys, urllib.error, urllib.request

PLATFORM = ${python(url)}
KEY = {"Authorization": "Bearer " + os.environ["MEDSERVE_KEY"]}
files = ${python(files)}
request = ${python(request)}


def call(path, body=None):
    sent = None if body is None else json.dumps(body).encode()
    headers = {**KEY, "Content-Type": "application/json"}
    try:
        return urllib.request.urlopen(urllib.request.Request(PLATFORM + path, sent, headers))
    except urllib.error.HTTPError as refusal:
        sys.exit(refusal.read().decode())


def content(name):
    with open(name, "rb") as file:
        return base64.b64encode(file.read()).decode()


request["inputs"] = [{"data": content(name)} for name in files]
${asJob ? AS_JOB : AT_ONCE}
print(json.dumps(answer["answer"], indent=2))
`;
}

const AT_ONCE = `with call("/v1/infer", request) as response:
    answer = json.load(response)`;

const AS_JOB = `with call("/v1/jobs", request) as response:
    job = json.load(response)
with call(job["events"]) as events:
    for line in events:
        print(line.decode().rstrip(), file=sys.stderr)
with call(job["result"]) as response:
    answer = json.load(response)`;
