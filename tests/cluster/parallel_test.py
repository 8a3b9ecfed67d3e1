#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""GNU parallel over two sshd on this machine, of which one dies. First argument: the program."""

import os
import socket
import subprocess
import unittest

from cluster import PICTURES, USER, Cluster

SHARDS = 3


class Parallel(Cluster):
    def setUp(self):
        super().setUp()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / f"{name}.key"], check=True)
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where sshd wants to have nothing
        hosts = ""
        for name in ("one", "two"):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            settings = {
                "Port": port,
                "ListenAddress": "127.0.0.1",
                "HostKey": self.folder / "host.key",
                "AuthorizedKeysFile": self.folder / "user.key.pub",
                "PidFile": "none",
                "StrictModes": "no",
                "UsePAM": "no",
                "PasswordAuthentication": "no",
                "PermitRootLogin": "prohibit-password",
                "MaxStartups": 100,
            }
            (self.folder / f"sshd-{name}.conf").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
            hosts += f"Host {name}\n  HostName 127.0.0.1\n  Port {port}\n"
        own = {"User": USER, "IdentityFile": self.folder / "user.key", "IdentitiesOnly": "yes", "BatchMode": "yes", "LogLevel": "ERROR"}
        own |= {"StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null", "ServerAliveInterval": 1}
        (self.folder / "ssh.conf").write_text(hosts + "Host *\n" + "".join(f"  {key} {value}\n" for key, value in own.items()))
        self.nodes = {name: self.start_machine(name) for name in ("one", "two")}

    def start_machine(self, name):
        machine = self.start_node(["/usr/sbin/sshd", "-D", "-e", "-f", self.folder / f"sshd-{name}.conf"], f"sshd-{name}.log")
        self.wait_for(f"machine {name}", lambda: subprocess.run(["ssh", "-F", self.folder / "ssh.conf", name, "true"]).returncode == 0)
        return machine

    def parallel(self, *options):
        core = os.environ.get("PASTICHE_CORE")
        remote = ["env", "OMP_NUM_THREADS=1", *([f"PASTICHE_CORE={core}"] if core else []), *self.batch, "--shard", f"{{}}/{SHARDS}"]
        command = ["parallel", "--ssh", f"ssh -F {self.folder}/ssh.conf", "--sshlogin", "1/one,1/two", "--workdir", self.folder]
        command += ["--joblog", "jobs.log", *options, *remote, ":::", *map(str, range(1, SHARDS + 1))]
        home = {**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return self.start(command, "parallel.log", env=home)

    def test_the_same_line_goes_on_after_a_machine_was_lost(self):
        running = self.parallel()
        before = self.wait_for_the_middle(2, SHARDS)
        self.end(self.nodes["two"])
        self.assertNotEqual(running.wait(timeout=240), 0, self.logs())
        jobs = [line.split("\t") for line in (self.folder / "jobs.log").read_text().splitlines()[1:]]
        # Which part runs where is GNU parallel's choice.
        self.assertEqual({job[1] for job in jobs if job[6] != "0"}, {"two"})
        self.assertLess(len(self.times()), PICTURES)

        self.start_machine("two")
        again = self.parallel("--resume-failed")
        self.assertEqual(again.wait(timeout=240), 0, self.logs())
        self.assert_all_painted_once(SHARDS, before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
