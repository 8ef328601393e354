"""What customers feel and talk about, estimated offline from what they wrote; of agents nothing."""
