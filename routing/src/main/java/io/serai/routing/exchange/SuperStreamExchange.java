package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives each message to one partition of a super stream, by the hash of its routing key modulo
 * their number: the way that RabbitMQ's exchange of this type and its stream clients choose, so
 * that all publishers agree. The binding key of a partition is its number.
 */
public final class SuperStreamExchange implements ExchangeType {
  /** The name it is declared by. */
  public static final String TYPE = "x-super-stream";

  private static final int MAX_DIGITS = 6;

  @Override
  public String name() {
    return TYPE;
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByPartition(ListedBindings.EMPTY);
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    String key = binding.key();
    boolean isNumber =
        !key.isEmpty()
            && key.length() <= MAX_DIGITS
            && key.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber
        ? null
        : "The binding key must be the number of a partition, it is: '%s'".formatted(key);
  }

  private static final class ByPartition implements Matcher {
    private final ListedBindings bindings;

    /** The bindings of each partition; made by whichever loop comes first, two make equal ones. */
    private @Nullable List<List<Bound>> partitions;

    ByPartition(ListedBindings bindings) {
      this.bindings = bindings;
    }

    @Override
    public Matcher with(Bound binding) {
      return new ByPartition(bindings.with(binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new ByPartition(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      List<List<Bound>> all = partitions();
      if (!all.isEmpty()) {
        byte[] key = message.topic().spelled(Spelling.DOT).getBytes(StandardCharsets.UTF_8);
        int hash = Murmur3.of(key, Murmur3.SEED);
        all.get(Integer.remainderUnsigned(hash, all.size())).forEach(matches);
      }
    }

    private List<List<Bound>> partitions() {
      List<List<Bound>> known = partitions;
      if (known == null) {
        TreeMap<Integer, List<Bound>> byNumber = new TreeMap<>();
        for (Bound bound : bindings.inOrder()) {
          byNumber
              .computeIfAbsent(Integer.valueOf(bound.spec().key()), _ -> new ArrayList<>(1))
              .add(bound);
        }
        known = List.copyOf(byNumber.values());
        partitions = known;
      }
      return known;
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach(action);
    }
  }
}
