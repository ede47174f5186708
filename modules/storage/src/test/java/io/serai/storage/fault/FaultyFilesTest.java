package io.serai.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.RealFiles;
import io.serai.storage.file.SeamFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation loses what may be lost and keeps what may not. */
class FaultyFilesTest {
  @TempDir Path folder;

  private FaultyFiles files(Faults faults) throws Exception {
    FaultyFiles files = new FaultyFiles(new RealFiles(), faults);
    files.createFolders(folder);
    return files;
  }

  @Test
  void whatIsSyncedSurvivesAndWhatIsNotMayBeLost() throws Exception {
    Path file = folder.resolve("a");
    TreeSet<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 40; seed++) {
      Files.deleteIfExists(file);
      FaultyFiles files = files(new Faults(seed));
      SeamFile open = files.create(file);
      open.writeFully(bytes("synced"), 0);
      open.force(true);
      files.syncFolder(folder);
      open.writeFully(bytes("UNSYNC"), 0);
      open.writeFully(bytes("far away"), 10_000);
      ByteBuffer read = ByteBuffer.allocate(6);
      open.readFully(read, 0);
      assertThat(new String(read.array(), StandardCharsets.US_ASCII)).isEqualTo("UNSYNC");
      files.powerCut();
      assertThatThrownBy(() -> open.size()).isInstanceOf(PowerCutException.class);
      seen.add(Files.readString(file).substring(0, 6));
    }
    assertThat(seen).containsExactly("UNSYNC", "synced");
  }

  @Test
  void anUnsyncedNameMayBeLostOrStay() throws Exception {
    TreeSet<Boolean> created = new TreeSet<>();
    TreeSet<Boolean> deleted = new TreeSet<>();
    for (int seed = 0; seed < 40; seed++) {
      Files.deleteIfExists(folder.resolve("new"));
      Files.writeString(folder.resolve("old"), "x");
      FaultyFiles files = files(new Faults(seed));
      files.create(folder.resolve("new"));
      files.delete(folder.resolve("old"));
      assertThat(files.list(folder)).containsExactly(folder.resolve("new"));
      files.powerCut();
      created.add(Files.exists(folder.resolve("new")));
      deleted.add(!Files.exists(folder.resolve("old")));
    }
    assertThat(created).hasSize(2);
    assertThat(deleted).hasSize(2);
  }

  @Test
  void aRenamedFileIsNeverLostUnderBothNames() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      Files.deleteIfExists(folder.resolve("to"));
      Files.writeString(folder.resolve("from"), "x");
      FaultyFiles files = files(new Faults(seed));
      files.rename(folder.resolve("from"), folder.resolve("to"));
      files.powerCut();
      assertThat(Files.exists(folder.resolve("from")) ^ Files.exists(folder.resolve("to")))
          .isTrue();
    }
  }

  @Test
  void aDiskHasALimit() throws Exception {
    FaultyFiles files = files(new Faults(1).diskBytes(8192));
    SeamFile open = files.create(folder.resolve("a"));
    open.writeFully(ByteBuffer.allocate(8000), 0);
    assertThatThrownBy(() -> open.writeFully(ByteBuffer.allocate(400), 8000))
        .isInstanceOf(DiskFullException.class);
    assertThat(files.usableBytes(folder)).isEqualTo(192);
    open.writeFully(ByteBuffer.allocate(8000), 0);
  }

  @Test
  void faultsAreReadFromALine() throws Exception {
    Faults faults =
        Faults.parse("seed=5, crash-at=mid-roll:2, fail=FORCE, short-writes, stall-ms=3");
    assertThat(faults.crashesAt(CrashPoint.MID_ROLL)).isFalse();
    assertThat(faults.crashesAt(CrashPoint.MID_ROLL)).isTrue();
    assertThat(faults.crashesAt(CrashPoint.MID_ROLL)).isFalse();
    assertThat(faults.fails(Faults.Operation.FORCE, null)).isTrue();
    assertThat(faults.fails(Faults.Operation.FORCE, null)).isFalse();
    assertThat(faults.stallMillis()).isEqualTo(3);
    assertThat(faults.liesAboutSync()).isFalse();
    assertThatThrownBy(() -> Faults.parse("rain")).hasMessage("unknown fault rain");
  }

  @Test
  void faultsMayBeOfOneFolderOnly() throws Exception {
    FaultyFiles files = files(Faults.parse("only-in=b, fail=CREATE"));
    Path other = folder.resolve("b");
    files.createFolders(other);
    files.create(folder.resolve("a"));
    assertThatThrownBy(() -> files.create(other.resolve("a"))).hasMessageContaining("CREATE");
    files.create(other.resolve("a"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
