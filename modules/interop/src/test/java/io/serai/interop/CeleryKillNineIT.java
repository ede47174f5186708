package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is killed under a Celery worker and started again: src/test/python/celery_crash.py.
 */
@Uses(ThirdParty.CELERY)
@Timeout(600)
class CeleryKillNineIT {
  @TempDir Path folder;

  @Test
  void aWorkerGoesOnWithEveryTaskWhenItsNodeWasKilled() throws Exception {
    Path data = folder.resolve("data");
    String results = "file://" + folder;
    String gate = folder.resolve("gate").toString();
    String ids = folder.resolve("ids.json").toString();
    int port = OwnPort.pick();
    SeraiProcess first = SeraiProcess.start(data, "--set", "listeners.amqp.port=" + port);
    String[] arguments = {"-P", "prefork", "-c", "2", "--without-mingle", "-Q", "late"};
    try (CeleryWorker worker =
        CeleryWorker.start("survivor", port, Map.of("BACKEND", results), arguments)) {
      Scripts.python(first, "celery_crash", "before", results, gate, ids);
      first.kill();
      assertThat(worker.prints("Connection to broker lost", 60)).isTrue();
      try (SeraiProcess second = SeraiProcess.start(data, "--set", "listeners.amqp.port=" + port)) {
        Scripts.python(second, "celery_crash", "after", results, gate, ids);
      }
    } finally {
      first.close();
    }
  }
}
