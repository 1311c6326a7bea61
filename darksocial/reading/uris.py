"""Advice on URIs that an engine cannot read."""

import shlex

from darksocial.language import gettext as _

# The commands of the stores' own tools; https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html,
# https://cloud.google.com/sdk/gcloud/reference/storage/cp,
# https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-common/FileSystemShell.html
COPY_COMMANDS = {
    "s3": "aws s3 cp --recursive {uri} {folder}",
    "gs": "gcloud storage cp --recursive {uri} {folder}",
    "hdfs": "hdfs dfs -get {uri} {folder}",
    "http": "curl -L -O {uri}",
    "https": "curl -L -O {uri}",
    "ftp": "curl -O {uri}",
}
# The schemes of S3 in Hadoop and Spark; Amazon's tools call it s3.
S3_SCHEMES = ("s3a", "s3n")
# Schemes that no Spark reads as folders of files.
WEB_SCHEMES = ("http", "https", "ftp")
COPY_FOLDER = "logs"


def scheme_of(uri: str) -> str:
    """Return the scheme of a URI in lower case."""
    return uri.partition("://")[0].lower()


def advice_for(uri: str) -> str:
    """Return how a URI can be read after all: as a path, as a copy, or on a cluster."""
    scheme, _mark, rest = uri.partition("://")
    scheme = scheme.lower()
    if scheme == "file":
        path = "/" + rest.partition("/")[2]
        return _("name it by its path: {path}").format(path=shlex.quote(path))
    if scheme in S3_SCHEMES:
        scheme, uri = "s3", f"s3://{rest}"
    if scheme not in COPY_COMMANDS:
        return _("copy it to this machine, or read it on a cluster with `engine` spark")
    command = COPY_COMMANDS[scheme]
    if "--recursive" in command and _is_one_file(rest):
        command = command.replace("--recursive ", "")
    command = command.format(uri=shlex.quote(uri), folder=COPY_FOLDER)
    if scheme in WEB_SCHEMES:
        return _("copy it to this machine: {command}").format(command=command)
    return _(
        "copy it to this machine: {command}\nor read it on a cluster with `engine` spark"
    ).format(command=command)


def _is_one_file(rest: str) -> bool:
    """Return whether a URI seems to name one file: its last part holds a dot."""
    return "." in rest.rpartition("/")[2]
