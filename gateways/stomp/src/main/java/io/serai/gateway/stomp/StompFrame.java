package io.serai.gateway.stomp;

import io.serai.bus.Delivery;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Body;
import java.util.List;

/** What travels over a STOMP connection. */
public sealed interface StompFrame {

  /** What a client said. */
  record ClientFrame(FrameHead head, Body body) implements StompFrame {}

  /** The codec took in line ends between frames, or a part of a body; there is nothing to do. */
  enum Nothing implements StompFrame {
    NOTHING
  }

  /**
   * CONNECTED, RECEIPT, ERROR, and a MESSAGE that is not a delivery.
   *
   * @param fields unescaped, in order
   */
  record ServerFrame(String command, List<Field> fields, Body body) implements StompFrame {
    public ServerFrame {
      fields = List.copyOf(fields);
    }
  }

  /**
   * A MESSAGE for each delivery of a run to one subscription.
   *
   * @param tag what they have in common
   * @param firstNumber the first one's number within the subscription; the others follow
   * @param from index of the first delivery of the run
   * @param to index after the last
   */
  record Messages(
      SubscriptionTag tag, long firstNumber, List<Delivery> deliveries, int from, int to)
      implements StompFrame {}

  /** A line end: all there is to say while there is nothing to say. */
  enum Heartbeat implements StompFrame {
    HEARTBEAT
  }
}
