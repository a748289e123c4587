# SPDX-License-Identifier: ISC
"""Builds the .NET client once, below the build directory, with the SDK found and without a package source."""
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
