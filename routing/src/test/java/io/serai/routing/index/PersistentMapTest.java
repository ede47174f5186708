package io.serai.routing.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
  /** A key whose hash a test chooses, so that keys collide wholly or in part. */
  private record Key(int id, int hash) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && id == that.id;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private static Key key(int id) {
    return switch (id % 3) {
      case 0 -> new Key(id, 7); // all the same
      case 1 -> new Key(id, id << 28); // the same but for the last bits looked at
      default -> new Key(id, id * 0x9E3779B9);
    };
  }

  @Test
  void mapAgreesWithAHashMapAlsoWhenHashesCollide() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      PersistentMap<Key, Integer> map = PersistentMap.empty();
      Map<Key, Integer> model = new HashMap<>();
      for (int change = 0; change < 2_000; change++) {
        Key key = key(random.nextInt(300));
        if (random.nextInt(3) == 0) {
          PersistentMap<Key, Integer> before = map;
          map = map.without(key);
          boolean isSame = map == before;
          assertThat(isSame).as("seed %d", seed).isEqualTo(model.remove(key) == null);
        } else {
          map = map.with(key, change);
          model.put(key, change);
        }
        assertThat(map.get(key)).as("seed %d", seed).isEqualTo(model.get(key));
        assertThat(map.size()).as("seed %d", seed).isEqualTo(model.size());
      }
      Map<Key, Integer> seen = new HashMap<>();
      map.forEach(seen::put);
      assertThat(seen).as("seed %d", seed).isEqualTo(model);
      for (Key key : List.copyOf(model.keySet())) {
        map = map.without(key);
      }
      assertThat(map.isEmpty()).isTrue();
    }
  }

  @Test
  void olderMapsStayAsTheyWere() {
    PersistentMap<String, Integer> map = PersistentMap.empty();
    for (int i = 0; i < 1_000; i++) {
      map = map.with("key-" + i, i);
    }
    PersistentMap<String, Integer> older = map;
    for (int i = 0; i < 1_000; i++) {
      map = i % 2 == 0 ? map.with("key-" + i, -i) : map.without("key-" + i);
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(older.get("key-" + i)).isEqualTo(i);
    }
    assertThat(map.size()).isEqualTo(500);
  }

  @Test
  void anEqualKeyIsReplacedTogetherWithItsValue() {
    Key first = new Key(1, 5);
    Key second = new Key(1, 5);
    PersistentMap<Key, String> map = PersistentMap.<Key, String>empty().with(first, "a");
    map = map.with(second, "b");
    map.forEach((key, value) -> {
      assertThat(key).isSameAs(second);
      assertThat(value).isEqualTo("b");
    });
  }
}
