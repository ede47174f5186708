package io.serai.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlotRingTest {
  @Test
  void numbersAreConsecutiveFromTheFirst() {
    var ring = new SlotRing<String>(7);
    assertThat(ring.add("a")).isEqualTo(7);
    assertThat(ring.add("b")).isEqualTo(8);
    assertThat(ring.nextNumber()).isEqualTo(9);
  }

  @Test
  void removingAValueTwiceAnswersNullTheSecondTime() {
    var ring = new SlotRing<String>(1);
    ring.add("a");
    assertThat(ring.remove(1)).isEqualTo("a");
    assertThat(ring.remove(1)).isNull();
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.firstNumber()).isEqualTo(ring.nextNumber());
  }

  @Test
  void oneValueThatStaysWhileAMillionPassDoesNotGrowTheRing() {
    var ring = new SlotRing<Integer>(0);
    ring.add(-1);
    for (int i = 0; i < 1_000_000; i++) {
      ring.remove(ring.add(i));
    }
    assertThat(ring.size()).isEqualTo(1);
    assertThat(ring.slotCount()).isLessThanOrEqualTo(64);
    assertThat(ring.firstNumber()).isZero();
    assertThat(ring.remove(0)).isEqualTo(-1);
    assertThat(ring.isEmpty()).isTrue();
  }

  @Test
  void whatWasRemovedCanBePutBack() {
    var ring = new SlotRing<String>(1);
    long a = ring.add("a");
    long b = ring.add("b");
    long c = ring.add("c");
    ring.remove(b);
    ring.putBack(b, "b");
    assertThat(ring.get(b)).isEqualTo("b");
    ring.remove(a);
    ring.remove(b);
    ring.remove(c);
    ring.putBack(c, "c");
    ring.putBack(a, "a");
    assertThat(ring.firstNumber()).isEqualTo(a);
    assertThat(ring.size()).isEqualTo(2);
    ring.add("d");
    var all = new ArrayList<String>();
    ring.drain(all::add);
    assertThat(all).containsExactly("a", "c", "d");
    assertThatThrownBy(() -> ring.putBack(5, "never given out"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void behavesLikeASortedMapWhateverTheOrderOfRemoval() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      var ring = new SlotRing<Integer>(round);
      var model = new TreeMap<Long, Integer>();
      int bias = random.nextInt(2, 9);
      for (int step = 0; step < 2_000; step++) {
        if (random.nextInt(10) < bias) {
          model.put(ring.add(step), step);
        } else if (!model.isEmpty()) {
          long wanted =
              random.nextInt(4) > 0
                  ? model.firstKey()
                  : random.nextLong(round, ring.nextNumber() + 2);
          Integer removed = ring.remove(wanted);
          assertThat(removed).isEqualTo(model.remove(wanted));
          if (removed != null && random.nextInt(10) == 0) {
            ring.putBack(wanted, removed);
            model.put(wanted, removed);
          }
        }
        if (random.nextInt(20) == 0) {
          assertThat(ring.skip()).isEqualTo(ring.nextNumber() - 1);
        }
        assertThat(ring.size()).isEqualTo(model.size());
        long probe = random.nextLong(round, ring.nextNumber() + 1);
        assertThat(ring.get(probe)).isEqualTo(model.get(probe));
        if (step % 500 == 499) {
          var drained = new ArrayList<Integer>();
          ring.drain(drained::add);
          assertThat(drained).containsExactlyElementsOf(model.values());
          model.clear();
          assertThat(ring.isEmpty()).isTrue();
        }
        if (!model.isEmpty()) {
          assertThat(ring.firstNumber()).isLessThanOrEqualTo(model.firstKey());
        }
      }
    }
  }
}
