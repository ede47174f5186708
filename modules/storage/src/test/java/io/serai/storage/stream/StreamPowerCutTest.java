package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.PowerCutException;
import io.serai.storage.file.CrashPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No message of a stream that was confirmed is lost, whenever power fails; the checker can tell.
 */
class StreamPowerCutTest {
  private static final int SEEDS = Integer.getInteger("serai.seeds", 8);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MID_COMPACTION", "COMPACTED_NOT_DELETED"})
  void everyCrashPointLosesNothing(CrashPoint point) throws Exception {
    int reached = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      StreamSimulation simulation = new StreamSimulation(own(seed), seed);
      simulation.maxBytes = point == CrashPoint.MID_DELETE ? 20_000 : StreamLimits.NONE;
      simulation.open(new Faults(seed)).work(100);
      simulation.reopenClean(point + " before, seed " + seed);
      simulation.files.powerCut();
      simulation.streams.close();
      try {
        simulation.open(new Faults(seed).crashAt(point, 1 + seed % 3));
        assertThat(simulation.verdicts()).isEmpty();
        simulation.work(300);
        reached += simulation.streams.failures.isEmpty() ? 0 : 1;
      } catch (PowerCutException _) {
        reached++; // while they were being opened
      }
      simulation.reopenClean(point + ", seed " + seed);
      simulation.streams.close();
    }
    assertThat(reached).as("how often " + point + " was reached").isGreaterThanOrEqualTo(SEEDS / 2);
  }

  @Test
  void powerCutsAtAnyOperationLoseNothing() throws Exception {
    Random random = new Random(4711);
    int confirmed = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      StreamSimulation simulation = new StreamSimulation(own(seed), seed);
      simulation.maxBytes = seed % 2 == 0 ? 30_000 : StreamLimits.NONE;
      for (int cut = 0; cut < 12; cut++) {
        Faults faults = new Faults(random.nextLong()).crashAfter(1 + random.nextInt(400));
        if (random.nextBoolean()) {
          faults.shortWrites();
        }
        try {
          simulation.open(faults);
        } catch (PowerCutException _) {
          continue; // during recovery: the next one has to cope
        }
        assertThat(simulation.verdicts()).as("seed %d, cut %d", seed, cut).isEmpty();
        simulation.work(200);
        confirmed += simulation.promised();
        simulation.files.powerCut();
        simulation.streams.close();
      }
      simulation.open(new Faults(seed));
      assertThat(simulation.verdicts()).as("seed %d, end", seed).isEmpty();
      simulation.streams.close();
    }
    assertThat(confirmed).isGreaterThan(1000 * SEEDS);
  }

  /** Power fails again and again while an orderly stop writes what it has to. */
  @Test
  void powerCutsInAnOrderlyStopLoseNothing() throws Exception {
    for (int seed = 1; seed <= 4 * SEEDS; seed++) {
      StreamSimulation simulation = new StreamSimulation(own(seed), seed);
      Faults faults = new Faults(seed);
      simulation.open(faults).work(60);
      faults.crashAfter(1 + seed % 20);
      simulation.streams.close();
      simulation.open(new Faults(seed));
      assertThat(simulation.verdicts()).as("seed %d", seed).isEmpty();
      simulation.streams.close();
    }
  }

  /** Negative control: files that lie about syncs must be found out. */
  @Test
  void theCheckerFindsWhatALyingSyncLoses() throws Exception {
    Set<String> kinds = new TreeSet<>();
    for (int seed = 1; seed <= 2 * SEEDS; seed++) {
      StreamSimulation simulation = new StreamSimulation(own(seed), seed);
      simulation.isDeleting = false;
      Faults faults = new Faults(seed);
      simulation.open(faults).work(40 + seed % 60);
      faults.lieAboutSync();
      simulation.work(1 + seed % 16);
      simulation.files.powerCut();
      simulation.streams.close();
      try {
        simulation.open(new Faults(seed));
      } catch (StreamRefused _) {
        kinds.add("refused");
        continue;
      }
      simulation
          .verdicts()
          .forEach(verdict -> kinds.add(verdict.substring(0, verdict.indexOf(' '))));
      simulation.streams.close();
    }
    assertThat(kinds).contains("lost", "refused");
  }

  private Path own(int seed) throws Exception {
    return Files.createDirectory(folder.resolve("seed" + seed));
  }
}
