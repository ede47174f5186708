package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Task queues with Celery and its workers; tasks are in src/test/python/celery_tasks.py, what is
 * done with them in celery_features.py.
 */
@Uses(ThirdParty.CELERY)
class CeleryIT {
  @TempDir private static Path results;

  private static @Nullable CeleryWorker shared;
  private static @Nullable CeleryWorker solo;

  @AfterAll
  static void stopWorkers() {
    for (CeleryWorker worker : new CeleryWorker[] {solo, shared}) {
      if (worker != null) {
        worker.close();
      }
    }
    solo = null;
    shared = null;
  }

  @Test
  void resultsComeBackOverRpc() throws Exception {
    shared();
    run("results_come_back_over_rpc");
  }

  @Test
  void groupsAndChainsGiveTheirResults() throws Exception {
    shared();
    run("groups_and_chains_give_their_results");
  }

  @Test
  void aChordRunsWhenItsLastPartIsDone() throws Exception {
    solo();
    run("a_chord_runs_when_its_last_part_is_done", backend());
  }

  @Test
  void aTaskIsTriedAgain() throws Exception {
    shared();
    run("a_task_is_tried_again");
  }

  @Test
  void tasksRunAtTheirTimeAndNotAfterTheyExpired() throws Exception {
    shared();
    run("tasks_run_at_their_time_and_not_after_they_expired");
  }

  @Test
  void prefetchIsOneLimitOverAllQueuesAndFollowsEtaTasks() throws Exception {
    shared();
    run("prefetch_is_one_limit_and_follows_eta_tasks");
  }

  @Test
  void higherPrioritiesRunFirst() throws Exception {
    solo();
    run("higher_priorities_run_first", backend());
  }

  @Test
  void remoteControlReachesAllWorkersOrOne() throws Exception {
    solo();
    run("remote_control_reaches_all_workers_or_one");
  }

  @Test
  void eventsTellWhatWorkersDo() throws Exception {
    shared();
    run("events_tell_what_workers_do");
  }

  @Test
  void aNewWorkerMinglesWithItsNeighbours() throws Exception {
    CeleryWorker newcomer = solo();
    assertThat(newcomer.output()).contains("mingle: sync with 1 nodes", "mingle: sync complete");
    run("a_new_worker_knows_what_its_neighbours_revoked");
    assertThat(shared().prints("celery@solo joined the party", 60)).as("gossip").isTrue();
  }

  @Test
  void workGoesOnAfterAPauseOfSeveralHeartbeats() throws Exception {
    CeleryWorker worker = shared();
    run("work_goes_on_after_a_pause");
    assertThat(worker.output()).doesNotContain("Connection to broker lost");
  }

  @Test
  void aKilledProcessLosesNoTask() throws Exception {
    shared();
    run("a_killed_process_loses_no_task");
  }

  @Test
  void aTaskOfAKilledWorkerIsDoneByAnother() throws Exception {
    solo();
    try (CeleryWorker _ = reader("victim", "solo", SharedNode.get().port("amqp"))) {
      run("a_task_of_a_killed_worker_is_done_by_another", backend());
    }
  }

  @Test
  void aWorkerThatStopsGivesBackWhatItHasNotBegun() throws Exception {
    CeleryWorker neighbour = shared();
    try (CeleryWorker stopping = reader("stopping", "prefork", SharedNode.get().port("amqp"))) {
      run("a_worker_that_stops_gives_back_what_it_has_not_begun", Long.toString(stopping.pid()));
      assertThat(stopping.exitCode()).isZero();
    }
    assertThat(neighbour.prints("celery@stopping left", 60)).as("gossip").isTrue();
  }

  @Test
  void aWorkerComesBackWhenItsConnectionBreaks() throws Exception {
    try (var wire = new BreakableWire(SharedNode.get().port("amqp"));
        CeleryWorker wired = reader("wired", "solo", wire.port())) {
      wire.cut();
      assertThat(wired.prints("Connection to broker lost", 60)).isTrue();
      run("a_task_runs_after_the_connection_broke");
    }
  }

  /** Two prefork processes on the queues {@code celery} and {@code second}. */
  private static synchronized CeleryWorker shared() throws IOException, InterruptedException {
    if (shared == null) {
      String[] arguments = {"-c", "2", "-E", "--without-mingle", "-Q", "celery,second"};
      shared =
          CeleryWorker.start(
              "shared", SharedNode.get().port("amqp"), Map.of("HEARTBEAT", "4"), arguments);
    }
    return shared;
  }

  /** One task at a time on the queue {@code steps}, results in files; {@link #shared} runs too. */
  private static synchronized CeleryWorker solo() throws IOException, InterruptedException {
    if (solo == null) {
      shared();
      run("revoke_before_solo_starts");
      solo = startSolo();
      // Its neighbour has a second to answer it: a busy machine may hold it up, not every time.
      for (int tries = 1; tries < 5 && solo.output().contains("mingle: all alone"); tries++) {
        solo.close();
        solo = startSolo();
      }
    }
    return solo;
  }

  private static CeleryWorker startSolo() throws IOException, InterruptedException {
    String[] arguments = {"-P", "solo", "--prefetch-multiplier", "1", "-Q", "steps"};
    return CeleryWorker.start(
        "solo", SharedNode.get().port("amqp"), Map.of("BACKEND", backend()), arguments);
  }

  /** One task at a time on the queue {@code late}, four at hand. */
  private static CeleryWorker reader(String name, String pool, int amqpPort)
      throws IOException, InterruptedException {
    return CeleryWorker.start(
        name, amqpPort, Map.of(), "-P", pool, "-c", "1", "--without-mingle", "-Q", "late");
  }

  private static String backend() {
    return "file://" + results;
  }

  private static void run(String function, String... arguments)
      throws IOException, InterruptedException {
    Scripts.python(SharedNode.get(), "celery_features", function, arguments);
  }
}
