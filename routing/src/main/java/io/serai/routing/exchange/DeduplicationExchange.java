package io.serai.routing.exchange;

import io.serai.routing.queue.RepeatArguments;

/**
 * Routes to all its bindings, and each queue takes only what has not come to it through this
 * exchange before: the community's exchange type for RabbitMQ. Any other exchange does so too with
 * the argument {@code x-message-deduplication}.
 */
public final class DeduplicationExchange implements ExchangeType {
  @Override
  public String name() {
    return RepeatArguments.EXCHANGE_TYPE;
  }

  @Override
  public Matcher emptyMatcher() {
    return new FanoutExchange().emptyMatcher();
  }
}
