# SPDX-License-Identifier: ISC
"""Builds the .NET clients once, below the build directory, with the SDK found; the plain one without a package source."""
import hashlib
import os
import pathlib
import shutil
import subprocess

from lib.once import locked
from lib.run import BUILD

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "clients" / "dotnet"


def missing():
    """Why there is no .NET client here; None: there is one."""
    if not shutil.which("dotnet"):
        return "no dotnet found"
    listed = subprocess.run(["dotnet", "--list-sdks"], capture_output=True, text=True, timeout=60, env=_environment())
    return None if listed.stdout.strip() else "no .NET SDK found"


def _environment(home=None):
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "DOTNET_ROOT")}
    env.update(
        DOTNET_CLI_TELEMETRY_OPTOUT="1", DOTNET_NOLOGO="1", DOTNET_SKIP_FIRST_TIME_EXPERIENCE="1",
        DOTNET_GENERATE_ASPNET_CERTIFICATE="false", MSBUILDDISABLENODEREUSE="1", NUGET_XMLDOC_MODE="skip",
    )  # fmt: skip
    if home:
        env.update(DOTNET_CLI_HOME=str(home), HOME=str(home), NUGET_PACKAGES=str(home / "packages"))
    return env


def build():
    """Path of the program's assembly. Made once for all workers and kept until a source or the SDK changes."""
    sources = sorted(p for p in SOURCES.iterdir() if p.is_file())
    version = subprocess.run(
        ["dotnet", "--version"], capture_output=True, text=True, check=True, timeout=60, env=_environment()
    ).stdout.strip()
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sources) + version.encode()).hexdigest()[:12]
    work = BUILD / "tests" / ("dotnet-" + digest)
    assembly = work / "out" / "client.dll"
    with locked(work / "lock"):
        if (work / "done").exists():
            return assembly
        for p in sources:
            shutil.copy(p, work)
        home = work / "home"
        home.mkdir(exist_ok=True)
        framework = "net" + ".".join(version.split(".")[:2])
        done = subprocess.run(
            ["dotnet", "build", "-c", "Release", "-o", "out", "-p:ClientFramework=" + framework, "-nodeReuse:false",
             "-p:UseSharedCompilation=false", "client.csproj"],
            capture_output=True, text=True, timeout=300, env=_environment(home), cwd=work,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError("dotnet build:\n" + done.stdout + done.stderr)
        (work / "done").touch()
    return assembly


# ---- published: with a runtime of its own, which NuGet has to serve ------------------------------------------------------
_WHOLE = ["--self-contained", "-p:JsonSerializerIsReflectionEnabledByDefault=true"]
PUBLISHED = {
    "8.0": ["-p:ClientFramework=net8.0", *_WHOLE],
    "9.0": ["-p:ClientFramework=net9.0", *_WHOLE],
    "10.0": ["-p:ClientFramework=net10.0", *_WHOLE],
    "single-file": ["-p:ClientFramework=net10.0", *_WHOLE, "-p:PublishSingleFile=true"],
    "trimmed": ["-p:ClientFramework=net10.0", *_WHOLE, "-p:PublishTrimmed=true"],
    "aot": ["-p:ClientFramework=net10.0", *_WHOLE, "-p:PublishAot=true"],
}


class NotPublished(Exception):
    """Why there is none here."""


def _from_packages(name, directory, rewrite, *command):
    """The folder of what `dotnet COMMAND` makes of these sources, with packages of a package source; made once. Raises NotPublished."""
    sources = {p.name: rewrite(p.read_text()) for p in sorted(directory.iterdir()) if p.is_file()}
    digest = hashlib.sha256(repr((sources, command)).encode()).hexdigest()[:12]
    work = BUILD / "tests" / ("dotnet-%s-%s" % (name, digest))
    with locked(work.with_name(work.name + ".lock")):
        if (work / "done").exists():
            return work / "out"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for file, text in sources.items():
            (work / file).write_text(text)
        home = work.with_name("dotnet-packs")
        home.mkdir(exist_ok=True)
        argv = ["dotnet", *command, "-c", "Release", "-o", "out", "-nodeReuse:false", "-p:UseSharedCompilation=false"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=400, env=_environment(home), cwd=work)
        if done.returncode:
            raise NotPublished("dotnet %s %s: %s" % (command[0], name, " ".join((done.stdout + done.stderr).split())[-300:]))
        (work / "done").touch()
    return work / "out"


def _without_restore_sources(text):
    """The packs come from a package source, and a host of its own starts it."""
    return "".join(line for line in text.splitlines(True) if "<RestoreSources>" not in line and "<UseAppHost>" not in line)


def publish(name):
    """Path of the program. Raises NotPublished."""
    return _from_packages(name, SOURCES, _without_restore_sources, "publish", "-r", "linux-x64", "-p:InvariantGlobalization=true", *PUBLISHED[name],
                          "client.csproj") / "client"  # fmt: skip


# ---- libraries that many programs use ------------------------------------------------------------------------------------
LIBRARIES = SOURCES.with_name("dotnet_libraries")


def libraries():
    """Path of the assembly. Raises NotPublished."""
    version = subprocess.run(["dotnet", "--version"], capture_output=True, text=True, check=True, timeout=60, env=_environment()).stdout
    framework = "net" + ".".join(version.split(".")[:2])
    return _from_packages("libraries", LIBRARIES, str, "build", "-p:ClientFramework=" + framework, "libraries.csproj") / "libraries.dll"
