"""What a sync job says is what its queue job is, whatever happens to workers and servers."""

import threading
import time

AGAIN_SECONDS = 15
ALWAYS = 1_000_000


class Sampler(threading.Thread):
    """Asks, again and again, whether sync jobs and queue jobs disagree."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.rpc = server.rpc()
        self.samples = 0
        self.wrong = []
        self._ended = threading.Event()

    def run(self):
        while not self._ended.is_set():
            self.wrong += self.rpc.call("sync.job", "chaos_disagreements")
            self.samples += 1
            time.sleep(0.02)

    def end(self):
        self._ended.set()
        self.join()


def test_states_never_disagree(chaos):
    """Success, failure with rollback, postponement, kill -9 of workers, cancel, set done and requeue in queue_job."""
    watcher = chaos.serve(workers=0, channels="root:0")
    server = chaos.serve()
    rpc = server.rpc()
    sampler = Sampler(watcher)
    sampler.start()

    done = [chaos.enqueue("chaos", mark=f"done-{number}", seconds=0.05) for number in range(20)]
    failed = chaos.enqueue("chaos", mark="bug", note="must not stay", bug=True)
    chaos.shop.outages["/orders"] = ALWAYS
    postponed = chaos.enqueue("chaos", mark="postponed", path="/orders")

    # Workers die in the middle of their work.
    reached = {mark: chaos.shop.hold(mark) for mark in ("killed-0", "killed-1")}
    killed = {mark: chaos.enqueue("chaos", mark=mark) for mark in reached}
    for mark, job in killed.items():
        chaos.wait(reached[mark].is_set)
        chaos.kill_in(job, mark)

    # Rollback: what the failed job wrote is gone, and it says what happened.
    chaos.wait_state(failed, "failed")
    assert chaos.sql("SELECT count(*) FROM integration_backend WHERE chaos_note IS NOT NULL") == ["0"]
    what = chaos.job(failed)
    assert (what["error_type"], what["last_error"]) == ("bug", "KeyError: bug")

    # Postponed: pending with the reason and a time, no failure.
    what = chaos.job(postponed)
    chaos.wait(lambda: chaos.job(postponed)["state"] == "pending" and chaos.job(postponed)["eta"])
    what = chaos.job(postponed)
    assert (what["error_type"], what["retry_count"] > 0) == ("transient", True), what
    chaos.shop.outages.clear()

    # queue_job's own buttons.
    waiting = (
        chaos.servers[-1]
        .rpc()
        .call("integration.backend", "chaos_enqueue", [chaos.backend["id"]], "chaos", {"mark": "waiting"}, 3600)
    )
    queue_job = chaos.job(waiting)["queue_job_id"][0]
    for button, state in (("button_cancelled", "cancelled"), ("requeue", "pending"), ("button_done", "done")):
        rpc.call("queue.job", button, [queue_job])
        assert chaos.job(waiting)["state"] == state
    rpc.call("queue.job", "requeue", [chaos.job(failed)["queue_job_id"][0]])
    chaos.wait(lambda: len(chaos.shop.marks["bug"]) == 2, what="the requeued job did not run")
    chaos.wait_state(failed, "failed")

    for job in (*done, *killed.values(), postponed):
        chaos.wait_state(job, "done", 90)
    assert [len(chaos.shop.marks[mark]) for mark in killed] == [2, 2]
    assert chaos.job(postponed)["retry_count"] == 0
    sampler.end()
    assert sampler.samples > 50
    assert not sampler.wrong


def test_a_killed_workers_job_runs_again_within_seconds_also_in_an_idle_queue(chaos):
    """The only other job waits for an hour: nothing wakes the runner but its own heartbeat."""
    chaos.serve()
    chaos.servers[-1].rpc().call(
        "integration.backend", "chaos_enqueue", [chaos.backend["id"]], "chaos", {"mark": "later"}, 3600
    )
    reached = chaos.shop.hold("again")
    job = chaos.enqueue("chaos", mark="again")
    chaos.wait(reached.is_set)
    chaos.kill_in(job, "again")
    killed = time.monotonic()
    chaos.wait(lambda: len(chaos.shop.marks["again"]) == 2, what="the job was not started again")
    seconds = chaos.shop.marks["again"][1] - killed
    print(f"started again {seconds:.1f} s after the kill")
    assert seconds < AGAIN_SECONDS
    chaos.wait_state(job, "done")


def test_a_dead_leaders_jobs_run_on_the_other_server_within_seconds(chaos):
    """The whole server that leads the queue dies; another one waits."""
    leader = chaos.serve()
    reached = chaos.shop.hold("again")
    job = chaos.enqueue("chaos", mark="again")
    chaos.wait(reached.is_set)
    chaos.serve()
    leader.kill()
    chaos.shop.release("again")
    killed = time.monotonic()
    chaos.wait(lambda: len(chaos.shop.marks["again"]) == 2, what="no other server took over")
    seconds = chaos.shop.marks["again"][1] - killed
    print(f"started again {seconds:.1f} s after the leader's death")
    assert seconds < AGAIN_SECONDS
    chaos.wait_state(job, "done")


def test_a_revoked_token_stops_the_backend_once(chaos):
    """A job that fails for its configuration says so, and the sales channel needs attention."""
    server = chaos.serve()
    jobs = [chaos.enqueue("chaos", mark=f"revoked-{number}", path="/revoked") for number in range(4)]
    for job in jobs:
        chaos.wait_state(job, "failed")
        assert chaos.job(job)["error_type"] == "configuration"
    backend = server.rpc().call("integration.backend", "read", [chaos.backend["id"]], ["state", "activity_ids"])[0]
    assert backend["state"] == "error"
    assert len(backend["activity_ids"]) == 1
    causes = server.rpc().search_read("sync.job.cause", [], ["job_count", "error_type"])
    assert [(cause["error_type"], cause["job_count"]) for cause in causes] == [("configuration", 4)]
