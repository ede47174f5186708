package io.serai.routing.index;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of values in the smallest form: null for none, the value itself for one, an
 * array for a few, a persistent map for many. Values are never arrays or persistent maps
 * themselves.
 */
final class Values {
  private static final int MOST_IN_ARRAY = 8;

  private Values() {}

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  static Object with(@Nullable Object set, Object value, boolean[] added) {
    switch (set) {
      case null -> {
        added[0] = true;
        return value;
      }
      case Object[] few -> {
        for (int i = 0; i < few.length; i++) {
          if (few[i].equals(value)) {
            Object[] copy = few.clone();
            copy[i] = value;
            return copy;
          }
        }
        added[0] = true;
        if (few.length < MOST_IN_ARRAY) {
          Object[] copy = Arrays.copyOf(few, few.length + 1);
          copy[few.length] = value;
          return copy;
        }
        PersistentMap<Object, Object> many = PersistentMap.empty();
        for (Object one : few) {
          many = many.with(one, one);
        }
        return many.with(value, value);
      }
      case PersistentMap<?, ?> map -> {
        PersistentMap<Object, Object> many = (PersistentMap<Object, Object>) map;
        added[0] = !many.containsKey(value);
        return many.with(value, value);
      }
      default -> {
        if (set.equals(value)) {
          return value;
        }
        added[0] = true;
        return new Object[] {set, value};
      }
    }
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  static @Nullable Object without(@Nullable Object set, Object value) {
    switch (set) {
      case null -> {
        return null;
      }
      case Object[] few -> {
        for (int i = 0; i < few.length; i++) {
          if (few[i].equals(value)) {
            if (few.length == 2) {
              return few[1 - i];
            }
            Object[] copy = new Object[few.length - 1];
            System.arraycopy(few, 0, copy, 0, i);
            System.arraycopy(few, i + 1, copy, i, copy.length - i);
            return copy;
          }
        }
        return set;
      }
      case PersistentMap<?, ?> map -> {
        PersistentMap<Object, Object> left = ((PersistentMap<Object, Object>) map).without(value);
        return left.isEmpty() ? null : left;
      }
      default -> {
        return set.equals(value) ? null : set;
      }
    }
  }

  @SuppressWarnings("unchecked") // the one map type that is ever stored
  static void forEach(@Nullable Object set, Consumer<Object> out) {
    switch (set) {
      case null -> {}
      case Object[] few -> {
        for (Object one : few) {
          out.accept(one);
        }
      }
      case PersistentMap<?, ?> many ->
          ((PersistentMap<Object, Object>) many).forEach((one, _) -> out.accept(one));
      default -> out.accept(set);
    }
  }
}
