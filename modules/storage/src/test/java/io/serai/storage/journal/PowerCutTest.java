package io.serai.storage.journal;

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

/** Nothing that was confirmed is lost, whenever power fails; the checker can tell. */
class PowerCutTest {
  private static final int SEEDS = Integer.getInteger("serai.seeds", 8);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(CrashPoint.class)
  void everyCrashPointLosesNothing(CrashPoint point) throws Exception {
    int reached = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(own, seed);
      simulation.settling = 0.45;
      simulation.open(new Faults(seed)).work(300);
      simulation.reopenClean(point + " before, seed " + seed);
      simulation.files.powerCut();
      simulation.close();
      try {
        simulation.open(new Faults(seed).crashAt(point, 1 + seed % 3)).verdicts();
        simulation.work(1500);
        reached += simulation.failures.isEmpty() ? 0 : 1;
      } catch (PowerCutException _) {
        reached++; // while it was being opened
      }
      simulation.reopenClean(point + ", seed " + seed);
      simulation.close();
    }
    assertThat(reached).as("how often " + point + " was reached").isGreaterThanOrEqualTo(SEEDS / 4);
  }

  @Test
  void powerCutsAtAnyOperationLoseNothing() throws Exception {
    Random random = new Random(4711);
    int confirmed = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(own, seed);
      for (int cut = 0; cut < 12; cut++) {
        Faults faults = new Faults(random.nextLong()).crashAfter(1 + random.nextInt(250));
        if (random.nextBoolean()) {
          faults.shortWrites();
        }
        simulation.settling = random.nextDouble();
        try {
          simulation.open(faults);
        } catch (PowerCutException _) {
          continue; // during recovery: the next one has to cope
        }
        assertThat(simulation.verdicts()).as("seed %d, cut %d", seed, cut).isEmpty();
        simulation.work(400);
        simulation.files.powerCut();
        simulation.close();
      }
      simulation.open(new Faults(seed));
      assertThat(simulation.verdicts()).as("seed %d, end", seed).isEmpty();
      confirmed += simulation.histories[0].promised();
      simulation.close();
    }
    assertThat(confirmed).isGreaterThan(SEEDS);
  }

  @Test
  void powerCutsWhileTheDiskIsFullLoseNothingThatWasNotSettledAlone() throws Exception {
    Random random = new Random(31);
    int fulls = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(own, seed);
      for (History history : simulation.histories) {
        history.mayBeAhead = true;
      }
      for (int cut = 0; cut < 3; cut++) {
        Faults faults = new Faults(random.nextLong());
        simulation.open(faults);
        assertThat(simulation.verdicts()).as("seed %d, cut %d", seed, cut).isEmpty();
        for (int phase = 0; phase < 6; phase++) {
          simulation.settling = phase % 2 == 0 ? 0.2 : 0.3 + random.nextDouble() * 0.7;
          faults.diskBytes(phase % 3 == 2 ? Long.MAX_VALUE : (4L + random.nextInt(8)) << 15);
          simulation.work(100);
          fulls += simulation.opened.journal().waitingBatches() > 0 ? 1 : 0;
        }
        assertThat(simulation.failures).isEmpty();
        faults.diskBytes(Long.MAX_VALUE);
        simulation.files.powerCut();
        simulation.close();
      }
      simulation.open(new Faults(seed));
      assertThat(simulation.verdicts()).as("seed %d, end", seed).isEmpty();
      simulation.close();
    }
    assertThat(fulls).as("how often something waited").isGreaterThan(SEEDS);
  }

  /** What an orderly stop says is true until something is written after it, and not longer. */
  @Test
  void powerCutsInAStartThatFollowsAnOrderlyStopLoseNothing() throws Exception {
    Random random = new Random(12);
    int cuts = 0;
    for (int seed = 1; seed <= 4 * SEEDS; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(own, seed);
      for (int stop = 0; stop < 6; stop++) {
        simulation.open(new Faults(random.nextLong())).work(random.nextInt(60));
        simulation.close();
        simulation.files.powerCut();
        try {
          simulation.open(new Faults(random.nextLong()).crashAfter(1 + random.nextInt(40)));
          simulation.work(100);
          cuts += simulation.failures.isEmpty() ? 0 : 1;
          simulation.files.powerCut();
          simulation.close();
        } catch (PowerCutException _) {
          cuts++; // while it was being opened
        }
        simulation.open(new Faults(random.nextLong()));
        assertThat(simulation.verdicts()).as("seed %d, stop %d", seed, stop).isEmpty();
        simulation.close();
      }
    }
    assertThat(cuts).isGreaterThan(SEEDS);
  }

  /** Negative control: files that lie about syncs must be found out. */
  @Test
  void theCheckerFindsWhatALyingSyncLoses() throws Exception {
    Set<String> kinds = new TreeSet<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(own, seed);
      Faults faults = new Faults(seed);
      simulation.open(faults).work(40 + seed % 60);
      faults.lieAboutSync();
      simulation.work(40);
      simulation.files.powerCut();
      simulation.close();
      try {
        simulation.open(new Faults(seed));
      } catch (JournalRefused e) {
        kinds.add("refused");
        continue;
      }
      simulation
          .verdicts()
          .forEach(verdict -> kinds.add(verdict.substring(0, verdict.indexOf(' '))));
      simulation.close();
    }
    assertThat(kinds).contains("lost").hasSizeGreaterThan(1);
  }
}
