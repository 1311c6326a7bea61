"""pino-http, the usual log of Node.js servers (Express, Fastify and others), as JSON.

    {"level":30,"time":1772439245123,"req":{"id":1,"method":"GET","url":"/news/story","headers":
    {"host":"www.example.org","user-agent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0","referer":"https://www.google.com/"},"remoteAddress":"203.0.113.7"},"res":
    {"statusCode":200},"responseTime":31,"msg":"request completed"}

(one line in the file). It gives all evidence of a visit if the headers are logged, as pino-http
does unless a serializer leaves them out. `hostname` is the name of the machine and is not read.
Records without a response, such as "incoming request" of Fastify, and what the program prints
itself count as comments.

Specification: https://github.com/pinojs/pino-http#readme and
https://github.com/pinojs/pino-std-serializers#readme
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "pino",
    "pino-http (Node.js)",
    keys(
        needs=("level", "req.method", "req.url", "res.statusCode"),
        requests_have=("req", "res"),
        time="time",
        client_ip=("req.remoteAddress", "req.ip"),
        forwarded="req.headers.x-forwarded-for",
        host=("req.headers.host", "req.host"),
        method="req.method",
        url="req.url",
        status="res.statusCode",
        bytes="res.headers.content-length",
        referrer=("req.headers.referer", "req.headers.referrer"),
        user_agent="req.headers.user-agent",
        duration_ms="responseTime",
        purpose=("req.headers.sec-purpose", "req.headers.purpose"),
    ),
)
