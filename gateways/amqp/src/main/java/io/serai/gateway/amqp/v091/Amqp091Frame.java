package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.frame.AmqpFrame;

/**
 * What the codec hands to the session and takes from it: a method, or a method with its content.
 * The header and body frames of a content (§2.3.5.2) never show: the codec joins and splits them.
 */
public sealed interface Amqp091Frame extends AmqpFrame {
  /** The channel it belongs to; 0 is the connection itself. */
  int channel();

  /** Says that the peer is there (§4.2.7). */
  enum Heartbeat implements Amqp091Frame {
    HEARTBEAT;

    @Override
    public int channel() {
      return 0;
    }
  }

  /** Part of a content has come and been put aside; its message follows once it is whole. */
  enum ContentPending implements Amqp091Frame {
    PENDING;

    @Override
    public int channel() {
      return 0;
    }
  }

  /** A method without content. */
  sealed interface Method extends Amqp091Frame
      permits ConnectionMethod,
          ChannelMethod,
          AccessMethod,
          ExchangeMethod,
          QueueMethod,
          BasicMethod,
          ConfirmMethod,
          TxMethod {
    /** Class id in the upper, method id in the lower 16 bits. */
    int id();

    /** Appends the arguments; nothing for a method that has none. */
    default void write(FieldWriter out) {}
  }

  /** A method with content: a message on its way. */
  sealed interface Content extends Amqp091Frame
      permits BasicContent.Publish,
          BasicContent.TooLarge,
          BasicContent.Deliver,
          BasicContent.Return,
          BasicContent.GetOk {}
}
