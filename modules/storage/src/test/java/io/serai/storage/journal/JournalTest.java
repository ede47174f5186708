package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.file.LockFailure;
import io.serai.storage.file.RealFiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final long SMALL = 64 << 10;

  @TempDir Path folder;

  @Test
  void whatWasAppendedAndNotSettledIsThereAfterReopening() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      for (int i = 0; i < 500; i++) {
        Bytes message = Bytes.of(i, 100 + i);
        first.handle.append(7, i, message, message.attributes());
      }
      first.sync();
      for (int i = 0; i < 500; i += 2) {
        first.handle.settle(7, i);
      }
      first.sync();
    }
    try (Opening second = new Opening(folder, SMALL)) {
      var messages = second.messages(7);
      assertThat(messages).hasSize(250);
      messages.forEach((sequence, content) -> {
        assertThat(sequence % 2).isEqualTo(1);
        assertThat(content).isEqualTo(Bytes.of(sequence, (int) (100 + sequence)).content);
      });
      assertThat(second.report.cutBytes()).isZero();
    }
  }

  @Test
  void aPayloadOfSeveralOwnersIsWrittenOnce() throws Exception {
    Bytes shared = Bytes.of(1, 10_000);
    try (Opening first = new Opening(folder, 1 << 20)) {
      for (int owner = 1; owner <= 50; owner++) {
        first.handle.append(owner, 9, shared, shared.attributes());
      }
      first.sync();
      assertThat(first.stats().payloads()).isEqualTo(1);
      for (int owner = 1; owner < 50; owner++) {
        first.handle.settle(owner, 9);
      }
      first.sync();
      assertThat(first.read(shared.journalId())[0]).isEqualTo(shared.content);
    }
    try (Opening second = new Opening(folder, 1 << 20)) {
      assertThat(second.recovered.owners()).containsExactly(50);
      assertThat(second.messages(50)).containsOnlyKeys(9L);
      second.handle.settle(50, 9);
      second.sync();
      assertThat(second.stats().payloads()).isZero();
    }
  }

  @Test
  void attributesComeBackAsTheyWereGiven() throws Exception {
    var attributes = new RefAttributes(3, 1_700_000_000_123L, 255, 77, new byte[] {1, 2, 3});
    var changed = new RefAttributes(4, -5, 0, 77, new byte[0]);
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.append(-1, Long.MAX_VALUE, Bytes.of(1, 77), attributes);
      first.handle.append(-1, Long.MIN_VALUE, Bytes.of(2, 77), attributes);
      first.sync();
      first.handle.update(-1, Long.MIN_VALUE, changed);
      first.handle.update(-1, 12, changed);
      first.sync();
    }
    try (Opening second = new Opening(folder, SMALL)) {
      List<RefAttributes> found = new ArrayList<>();
      second.recovered.forEachReference(-1, (sequence, id, it) -> found.add(it));
      assertThat(found)
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(changed, attributes);
    }
  }

  @Test
  void factsKeepTheirLastValue() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      for (int i = 0; i < 1000; i++) {
        first.handle.put((byte) (i % 3), key("k" + i % 100), key("value " + i));
        if (i % 10 == 0) {
          first.sync();
        }
      }
      first.handle.remove((byte) 0, key("k99"));
      first.handle.put((byte) 9, key(""), new byte[3 << 20]);
      first.sync();
    }
    for (int times = 0; times < 2; times++) {
      try (Opening second = new Opening(folder, SMALL)) {
        Map<String, String> facts = new HashMap<>();
        second.recovered.forEachFact((kind, key, value) ->
            facts.put(
                kind + new String(key, StandardCharsets.UTF_8),
                value.length < 99 ? new String(value, StandardCharsets.UTF_8) : "" + value.length));
        assertThat(facts).containsEntry("9", "" + (3 << 20)).doesNotContainKey("0k99");
        assertThat(facts.get("2k98")).isEqualTo("value 998");
        assertThat(facts).hasSize(300);
      }
    }
  }

  @Test
  void aPayloadLargerThanASegmentIsKept() throws Exception {
    Bytes large = Bytes.of(5, 5 << 20);
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.append(1, 1, large, large.attributes());
      first.handle.append(1, 2, Bytes.of(6, 0), RefAttributes.ofBody(0));
      first.sync();
      assertThat(first.read(large.journalId())[0]).isEqualTo(large.content);
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.messages(1).get(1L)).isEqualTo(large.content);
      assertThat(second.messages(1).get(2L)).isEmpty();
    }
  }

  @Test
  void aLargePayloadOfMoreOwnersThanFitASegmentOneByOneIsKept() throws Exception {
    Bytes large = Bytes.of(5, 32 << 20);
    try (Opening first = new Opening(folder, SMALL)) {
      for (long owner = 1; owner <= 40; owner++) {
        first.handle.append(owner, 1, large, large.attributes());
      }
      first.sync();
      assertThat(first.stats().payloads()).isEqualTo(1);
      assertThat(first.stats().diskBytes()).isLessThan(64 << 20);
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.recovered.owners()).hasSize(40);
    }
  }

  @Test
  void whatIsTooMuchForASegmentIsHandedOverInParts() {
    List<Integer> sizes = new ArrayList<>();
    JournalHandle handle = new JournalHandle(batch -> sizes.add(batch.size), _ -> {});
    for (long sequence = 1; sequence <= 7; sequence++) {
      Bytes message = Bytes.of(sequence, 8);
      handle.append(1, sequence, message, RefAttributes.ofBody(100 << 20));
      handle.append(2, sequence, message, RefAttributes.ofBody(100 << 20));
    }
    handle.flush();
    assertThat(sizes).containsExactly(5, 4, 4, 1);
  }

  @Test
  void aRemovedOwnerIsGone() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      for (int i = 0; i < 2000; i++) {
        first.handle.append(i % 2, i, Bytes.of(i, 50), RefAttributes.ofBody(50));
      }
      first.sync();
      first.handle.ownerRemoved(1);
      first.sync();
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.recovered.owners()).containsExactly(0);
      assertThat(second.recovered.references(0)).isEqualTo(1000);
    }
  }

  @Test
  void whatIsSettledInTheSameFlushIsNotWritten() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      Bytes gone = Bytes.of(1, 20_000);
      first.handle.append(1, 1, gone, gone.attributes());
      first.handle.settle(1, 1);
      first.sync();
      assertThat(gone.journalId()).isZero();
      assertThat(first.stats().references()).isZero();
    }
  }

  @Test
  void deadSegmentsAreDeleted() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      for (int i = 0; i < 3000; i++) {
        Bytes message = Bytes.of(i, 1000);
        first.handle.append(1, i, message, message.attributes());
        if (i >= 10) {
          first.handle.settle(1, i - 10);
        }
        if (i % 20 == 0) {
          first.sync();
        }
      }
      first.sync();
      first.awaitStats(now -> now.segments().size() < 5);
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.messages(1).firstKey()).isEqualTo(2990);
      assertThat(second.recovered.references(1)).isEqualTo(10);
    }
  }

  @Test
  void aSecondProcessIsRefused() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      assertThatThrownBy(() -> new Opening(folder, SMALL))
          .isInstanceOf(JournalRefused.class)
          .hasMessageContaining("in use by another process");
    }
    new Opening(folder, SMALL).close();
  }

  @Test
  void aFolderThatCannotBeLockedForAnotherReasonIsNotSaidToBeInUse() {
    assertThatThrownBy(() -> Journal.lock(folder.resolve("missing"), new RealFiles()))
        .isInstanceOf(JournalRefused.class)
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("NoSuchFile");
    assertThat(LockFailure.text("journal", folder, new AccessDeniedException("journal.lock")))
        .contains("this user may not write journal.lock", "chown");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.put((byte) 1, key("a"), key("b"));
      first.sync();
    }
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.putInt(8, 2);
    var crc = new java.util.zip.CRC32C();
    crc.update(bytes, 0, 60);
    header.putInt(60, (int) crc.getValue());
    Files.write(segment, bytes);
    assertThatThrownBy(() -> new Opening(folder, SMALL))
        .isInstanceOf(JournalRefused.class)
        .hasMessageContaining("newer Serai: journal format 2, this one knows up to 1");
  }

  @Test
  void aPayloadThatDiedIsWrittenAgain() throws Exception {
    Bytes message = Bytes.of(3, 300);
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.append(1, 1, message, message.attributes());
      first.sync();
      long id = message.journalId();
      first.handle.settle(1, 1);
      first.sync();
      first.handle.append(2, 1, message, message.attributes());
      first.sync();
      assertThat(message.journalId()).isNotEqualTo(id);
      byte[][] found = first.read(id, message.journalId());
      assertThat(found[0]).isNull();
      assertThat(found[1]).isEqualTo(message.content);
    }
  }

  @Test
  void aMoveBetweenOwnersInOneFlushKeepsThePayload() throws Exception {
    Bytes message = Bytes.of(3, 300);
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.append(1, 1, message, message.attributes());
      first.sync();
      first.handle.settle(1, 1);
      first.handle.append(2, 1, message, message.attributes());
      first.sync();
      assertThat(first.read(message.journalId())[0]).isEqualTo(message.content);
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.recovered.owners()).containsExactly(2);
      assertThat(second.messages(2).get(1L)).isEqualTo(message.content);
    }
  }

  @Test
  void anOpenGroupIsNotHandedOver() throws Exception {
    try (Opening first = new Opening(folder, SMALL)) {
      first.handle.begin();
      first.handle.put((byte) 1, key("a"), key("b"));
      first.handle.flush();
      first.handle.put((byte) 1, key("c"), key("d"));
      first.handle.commit();
      first.sync();
      assertThat(first.stats().facts()).isEqualTo(2);
      first.handle.begin();
      first.handle.put((byte) 1, key("e"), key("f"));
      first.handle.flush();
    }
    try (Opening second = new Opening(folder, SMALL)) {
      assertThat(second.report.facts()).isEqualTo(2);
    }
  }

  @Test
  void everyReopeningKeepsEverything() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (Opening opening = new Opening(folder, SMALL)) {
        assertThat(opening.recovered.references(4)).isEqualTo(round * 7L);
        for (int i = 0; i < 7; i++) {
          Bytes message = Bytes.of(round * 7L + i, 64);
          opening.handle.append(4, round * 7L + i, message, message.attributes());
        }
        opening.sync();
      }
    }
  }

  private List<Path> segments() throws Exception {
    return new RealFiles()
        .list(folder).stream().filter(it -> Segment.numberOf(it) > 0).sorted().toList();
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
