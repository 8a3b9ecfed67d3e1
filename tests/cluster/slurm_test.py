#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Slurm job array over slurmctld, three slurmd and munge on this machine, of which one dies. First argument: the program."""

import os
import socket
import subprocess
import unittest

from cluster import USER, Cluster

SHARDS = 3


class Slurm(Cluster):
    def setUp(self):
        super().setUp()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        files = {"key-file": key} | {f"{name}-file": self.folder / f"munge.{name}" for name in ("pid", "seed")}
        files |= {"socket": self.folder / "munge.socket", "log-file": self.folder / "munge.log"}
        self.start(["munged", "--foreground", "--force", *(f"--{name}={path}" for name, path in files.items())], "munged.log")
        self.wait_for("munged", (self.folder / "munge.socket").exists)

        for name in ("state", *(f"node{number}" for number in range(1, SHARDS + 1))):
            (self.folder / name).mkdir()
        ports = self.free_ports(SHARDS + 1)
        nodes = "".join(
            f"NodeName=node{number} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={ports[number]} CPUs=1 State=UNKNOWN\n"
            for number in range(1, SHARDS + 1)
        )
        # No accounting, no control groups, and the processor of this machine as many times as there are nodes. slurmctld asks its nodes
        # every third of SlurmdTimeout and counts no answer before all have answered or MessageTimeout has passed, so one dead node would
        # take the others with it if SlurmdTimeout were shorter than these two together.
        (self.folder / "slurm.conf").write_text(f"""ClusterName=pastiche
SlurmctldHost=localhost
SlurmctldPort={ports[0]}
SlurmUser={USER}
SlurmdUser={USER}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/%n.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MessageTimeout=4
SlurmdTimeout=18
ReturnToService=1
KillWait=2
MailProg=/bin/true
{nodes}PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf"), "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
        self.start(["slurmctld", "-D", "-i"], "slurmctld-output.log", env=self.environment)
        self.nodes = {
            number: self.start_node(["slurmd", "-D", "-N", f"node{number}"], f"slurmd{number}-output.log", env=self.environment)
            for number in range(1, SHARDS + 1)
        }
        self.wait_for("the nodes", lambda: self.slurm("sinfo", "-h", "-N", "-o", "%T").split() == ["idle"] * SHARDS)

    def free_ports(self, count):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        ports = [one.getsockname()[1] for one in sockets]
        for one in sockets:
            one.close()
        return ports

    def slurm(self, *command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True).stdout

    def tasks(self):
        """What Slurm knows of every task of the array, by its number."""
        records = [dict(word.partition("=")[::2] for word in line.split()) for line in self.slurm("scontrol", "-o", "show", "job").splitlines()]
        return {int(record["ArrayTaskId"]): record for record in records if record.get("ArrayTaskId", "").isdigit()}

    def test_an_array_paints_everything_once_though_a_node_dies(self):
        script = "#!/bin/sh\n" + " ".join([*self.batch, "--shard", "slurm"]) + "\n"
        (self.folder / "job.sh").write_text(script)
        self.assertIn("Submitted", self.slurm("sbatch", f"--array=1-{SHARDS}", "--requeue", "--output=task-%a.log", "job.sh"))
        before = self.wait_for_the_middle(2, SHARDS)
        node = int(self.tasks()[2]["NodeList"].removeprefix("node"))
        self.end(self.nodes[node])

        restarted = self.wait_for("the task is put back in the queue", lambda: self.tasks()[2]["Restarts"] == "1" and self.tasks()[2])
        self.slurm("scontrol", "update", f"JobId={restarted['JobId']}", "StartTime=now")  # Slurm waits two minutes by itself
        self.wait_for("the tasks end", lambda: all(task["JobState"] == "COMPLETED" for task in self.tasks().values()))
        self.assertNotEqual(self.tasks()[2]["NodeList"], f"node{node}")
        self.assert_all_painted_once(SHARDS, before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
