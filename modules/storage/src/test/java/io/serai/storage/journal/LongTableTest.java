package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LongTableTest {

  @Test
  void itBehavesLikeASortedMap() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      LongTable table = new LongTable();
      TreeMap<Long, Long> model = new TreeMap<>();
      long span = new long[] {50, 3000, 200_000, Long.MAX_VALUE}[seed % 4];
      long next = -500;
      for (int i = 0; i < 20_000; i++) {
        long key = random.nextBoolean() ? next++ : random.nextLong(-span, span);
        long value = 1 + random.nextInt(1000);
        switch (random.nextInt(5)) {
          case 0, 1, 2 -> assertThat(table.put(key, value)).isEqualTo(or0(model.put(key, value)));
          case 3 -> {
            Long first =
                model.isEmpty() || random.nextBoolean() ? Long.valueOf(key) : model.firstKey();
            assertThat(table.remove(first)).isEqualTo(or0(model.remove(first)));
          }
          default -> assertThat(table.get(key)).isEqualTo(or0(model.get(key)));
        }
        assertThat(table.size()).isEqualTo(model.size());
      }
      check(table, model);
      table.retainAll((key, value) -> value % 3 == 0);
      model.values().removeIf(value -> value % 3 != 0);
      check(table, model);
      for (long key : new ArrayList<>(model.keySet())) {
        assertThat(table.remove(key)).isEqualTo(model.remove(key));
      }
      assertThat(table.size()).isZero();
      table.put(5, 6);
      assertThat(table.get(5)).isEqualTo(6);
    }
  }

  private static void check(LongTable table, TreeMap<Long, Long> model) {
    List<Long> keys = new ArrayList<>();
    table.forEach((key, value) -> {
      keys.add(key);
      assertThat(model).containsEntry(key, value);
    });
    assertThat(keys).containsExactlyElementsOf(model.keySet());
    long[] first = new long[Math.min(100, model.size())];
    table.firstKeys(first);
    assertThat(first)
        .containsExactly(model.keySet().stream().limit(first.length).mapToLong(it -> it).toArray());
  }

  private static long or0(Long value) {
    return value == null ? 0 : value;
  }

  @Test
  void aMillionDenseKeysTakeLittleMoreThanTheirValues() {
    LongTable table = new LongTable();
    for (long key = 0; key < 1_000_000; key++) {
      table.put(key, key + 1);
    }
    assertThat(table.heapBytes() / 1e6).isLessThan(8.5);
    for (long key = 0; key < 1_000_000; key++) {
      if (key % 500 != 0) {
        table.remove(key);
      }
    }
    assertThat(table.size()).isEqualTo(2000);
    assertThat(table.heapBytes()).isLessThan(2000 * 100);
  }
}
