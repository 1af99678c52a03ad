"""The symbols that only claims of the family `training` use."""

from derivations.symbols.core import positive, real

(dgamma_t,) = positive("dgamma_t")  # the slope of gamma in t, where it must be positive
(dw,) = real("dw")  # the slope of a weight in t
(p_lam,) = positive("p")  # the density of lambda at a uniform time
(chance,) = positive("chance")  # that of the first of two outcomes
(weight,) = positive("w_t")  # the weight of a loss, as a function of log SNR
(bias,) = real("bias")  # where a sigmoid of log SNR is 1/2
(freq,) = positive("freq")  # a Fourier feature's 2^n
(clip,) = positive("clip")  # the greatest SNR that Min-SNR's weight takes
(k,) = positive("k")  # the number of examples of a batch
(ranks,) = positive("R")  # the number of ranks
(rank,) = positive("rank")  # the number of a rank
place, place_2 = positive("zeta zeta_2")  # a place in a cell, as a share of it
(below,) = positive("below")  # how far log SNR is below 0
(f,) = real("f")  # the squared error of one example
(batch,) = positive("B")  # the number of examples of a rank
(j,) = positive("j")  # the number of an example
(time,) = real("time")  # the time of one of T steps
y_s, y_t = real("y_s y_t")  # a latent at one of the ends of a step
y_1, y_2 = real("y_1 y_2")  # one of two outcomes of the estimate Y
dy_1, dy_2 = real("dy_1 dy_2")  # the slope of one of two outcomes in a parameter
(Y,) = real("Y")  # an estimate of a loss
(whole,) = positive("ell_1")  # ell(1), how far log(1 + c SNR) falls from t = 0 to t = 1
(df,) = real("df")  # the slope of the error of one example in gamma
(g,) = real("g")  # the slope of gamma in t, of one example
(dgamma_theta,) = real("dgamma_theta")  # the slope of gamma in a parameter
(dg_theta,) = real("dg_theta")  # the slope of g in a parameter
f_1, f_2 = real("f_1 f_2")  # the squared error of one of two examples
df_1, df_2 = real("df_1 df_2")  # the slope of the error of one of two examples in its gamma
g_1, g_2 = real("g_1 g_2")  # the slope of gamma in t, of one of two examples
# the slope of the gamma of one of two examples in a parameter
dgamma_theta_1, dgamma_theta_2 = real("dgamma_theta_1 dgamma_theta_2")
dg_theta_1, dg_theta_2 = real("dg_theta_1 dg_theta_2")  # the slope of g of one of two examples in a parameter
gap_1, gap_2 = positive("gap_1 gap_2")  # what gamma rises by in one of two cells
t_1, t_2 = positive("t_1 t_2")  # the time spent in one of two cells
m_1, m_2 = positive("m_1 m_2")  # the mean square of Y in one of two cells
(odds_1,) = positive("odds_1")  # the chance of the first of two cells over that of the second
size_1, size_2 = positive("size_1 size_2")  # the root of the mean square of Y in one of two cells
