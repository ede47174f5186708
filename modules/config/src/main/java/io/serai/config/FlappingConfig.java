package io.serai.config;

import java.time.Duration;

/**
 * When a client that comes and goes is kept out.
 *
 * @param isOn whether clients are counted at all
 * @param maxCount disconnections within {@code window} that are one too many
 * @param ban for how long it is kept out
 */
public record FlappingConfig(boolean isOn, int maxCount, Duration window, Duration ban) {}
